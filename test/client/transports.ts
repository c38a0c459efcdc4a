import { describe, expect } from "vitest";
import {
  connectGatewayEmulator,
  type EmulatorOptions,
  type GatewayEmulator,
  type RemoteGateway,
  startGatewayEmulator,
} from "../../src/index.js";
import { call, QUICKSTART } from "../support/client.js";

export const KEY = "sky_acmeprod0001.local-secret";
export const UNKNOWN_KEY = "sky_unknown00001.secret";
export const MODEL = "acme/llama";

/** What both transports hand out. */
export type Client = GatewayEmulator | RemoteGateway;
type Transport = (gateway: GatewayEmulator) => Promise<Client>;

const TRANSPORTS: readonly [name: string, transport: Transport][] = [
  ["in process", async (gateway) => gateway],
  ["over HTTP", ({ url }) => connectGatewayEmulator(url)],
];

/** An emulator, and a client of it. */
export interface Opened extends AsyncDisposable {
  readonly gateway: GatewayEmulator;
  readonly client: Client;
}

/** Runs the same tests over both transports. */
export function overBothTransports(
  suite: (open: (options?: EmulatorOptions) => Promise<Opened>) => void,
): void {
  describe.each(TRANSPORTS)("%s", (_name, transport) => {
    suite(async (options = { seed: QUICKSTART }) => {
      const gateway = await startGatewayEmulator(options);
      const client = await transport(gateway);
      return { gateway, client, [Symbol.asyncDispose]: () => gateway.stop() };
    });
  });
}

export function chat(
  world: Pick<Client, "url" | "workspaceKey">,
  { key = KEY, model = MODEL, content = "hello" } = {},
) {
  const body = { model, messages: [{ role: "user", content }] };
  return call(world, "POST", "/v1/chat/completions", { key, body });
}

/** The first frame of the stack of the error that `work` rejects with. */
export async function frameOf(work: Promise<unknown>): Promise<string> {
  const failed: unknown = await work.catch((cause: unknown) => cause);
  expect(failed).toBeInstanceOf(Error);
  const stack = failed instanceof Error ? failed.stack : undefined;
  return stack?.split("\n").find((line) => line.trim().startsWith("at ")) ?? "";
}
