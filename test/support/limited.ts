import type { GatewayWorld } from "../../src/index.js";
import { call, QUICKSTART } from "./client.js";

export const KEY = "sky_acmeprod0001.local-secret";
export const NOON = "2026-06-17T12:00:00.000Z";

/** One request a minute, so that a second one shows whether a counter is fresh. */
export const LIMITED = {
  ...QUICKSTART,
  workspaces: QUICKSTART.workspaces.map((workspace) => ({
    ...workspace,
    groups: workspace.groups.map((group) => ({
      ...group,
      models: [
        {
          slug: "acme/llama",
          rate_limits: [{ type: "REQUEST" as const, unit: "MINUTE" as const, threshold: 1 }],
        },
      ],
    })),
  })),
};

/** One chat request with the seed's key. @returns its status */
export async function chat(world: GatewayWorld, key: string = KEY, headers = {}): Promise<number> {
  const body = { model: "acme/llama", messages: [{ role: "user", content: "hello" }] };
  return (await call(world, "POST", "/v1/chat/completions", { key, body, headers })).status;
}
