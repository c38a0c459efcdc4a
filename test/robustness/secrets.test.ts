import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { DEVELOPMENT_KEY, KEY, SEED } from "../cli/seed.js";
import { startCli, temporaryFolder } from "../support/cli.js";
import { SEED as SUBJECT } from "./subject.js";

/** Of a federated key of the seed. */
const SECRET = "local-secret";
const FEDERATED = `sky_acmeprod0001.${SECRET}`;
/** A key that nobody has made, such as a real one that was pasted in the wrong place. */
const UNKNOWN = "sky_realprod0001.Zk3vQ9xW7mB2nR5tY8";
const WORKSPACE = "emulator.local-development-key";

/** A request with a key where none belongs. */
interface Misplaced {
  readonly method?: string;
  readonly path: (key: string) => string;
  readonly headers?: (key: string) => Record<string, string>;
}

const MISPLACED: Readonly<Record<string, Misplaced>> = {
  "the id of a group": { path: (key) => `/v1/gateway/groups/${key}` },
  "the id of a group whose usage is asked for": { path: (key) => `/v1/gateway/groups/${key}/usage` },
  "the id of a group whose keys are asked for": { path: (key) => `/v1/gateway/groups/${key}/api_keys` },
  "the id of an endpoint": { path: (key) => `/v1/gateway/endpoints/${key}` },
  "the id of a group, percent-encoded": {
    path: (key) => `/v1/gateway/groups/${key.replace("_", "%5F").replace(".", "%2E")}`,
  },
  "the prefix of a workspace key": { method: "DELETE", path: (key) => `/v1/api_keys/${key}` },
  "the id of a team": { method: "POST", path: (key) => `/v1/teams/${key}/api_keys` },
  "the id of a model": { path: (key) => `/v1/models/${key}` },
  "an unknown path": { path: (key) => `/v1/${key}/chat` },
  "a query": { path: (key) => `/v1/gateway/groups?external_entity_id=${key}&limit=${key}` },
  "the name of a world": { path: (key) => `/_worlds/${key}/v1/gateway/groups` },
  "the account of an AI Gateway": { path: (key) => `/_host/gateway.ai.localhost/v1/${key}/gw/baseten/x` },
  "a path of a model's host": { path: (key) => `/_host/model-3kz9xqd.api.localhost/${key}/predict` },
  "x-emulator-usage": {
    method: "POST",
    path: () => "/v1/chat/completions",
    headers: (key) => ({ "x-emulator-usage": key, "x-emulator-delay": key, "x-emulator-fault": key }),
  },
};

const cases = Object.keys(MISPLACED).flatMap((where) =>
  [FEDERATED, UNKNOWN, WORKSPACE].map((key) => [where, key] as const),
);

/** All that the emulator remembers of its requests, bodies included. */
async function remembered(gateway: GatewayEmulator): Promise<string> {
  const entries = await gateway.requests();
  return JSON.stringify(await Promise.all(entries.map(({ seq }) => detail(gateway, seq))));
}

async function detail(gateway: GatewayEmulator, seq: number): Promise<unknown> {
  return (await fetch(`${gateway.url}/_emulator/requests/${seq}`)).json();
}

describe("a key in the wrong place is neither answered nor remembered", () => {
  test.each(cases)("as %s: %s", async (where, key) => {
    const { method = "GET", path, headers } = MISPLACED[where] ?? { path: () => "/" };
    await using gateway = await startGatewayEmulator({ seed: SUBJECT });
    const answer = await fetch(gateway.url + path(key), {
      method,
      headers: {
        Authorization: `Api-Key ${gateway.workspaceKey}`,
        "Content-Type": "application/json",
        ...headers?.(key),
      },
      ...(method === "POST" ? { body: JSON.stringify({ type: "PERSONAL" }) } : {}),
    });
    const [, secret = ""] = key.split(".");
    const shown = JSON.stringify([...answer.headers]) + (await answer.text());
    expect(shown).not.toContain(secret);
    expect(await gateway.requests()).toHaveLength(1);
    expect(await remembered(gateway)).not.toContain(secret);
  });

  test.each(["pretty", "json"])("nor does it reach the log (%s)", async (format) => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.json", SEED);
    await using emulator = await startCli(["--state", ":memory:", "--seed", seed, "--log", format]);
    const banner = emulator.process.stdout.length;
    const keys = [KEY, UNKNOWN, DEVELOPMENT_KEY];
    for (const { method = "GET", path, headers } of Object.values(MISPLACED)) {
      for (const key of keys) {
        await fetch(emulator.url + path(key), {
          method,
          headers: { Authorization: `Api-Key ${DEVELOPMENT_KEY}`, ...headers?.(key) },
        });
      }
    }
    await emulator.process.stop();
    const log = emulator.process.stdout.slice(format === "pretty" ? banner : 0);
    for (const key of keys) expect(log).not.toContain(key.slice(key.indexOf(".") + 1));
  });
});
