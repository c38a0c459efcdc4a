import { request } from "node:http";
import { expect, vi } from "vitest";
import type { GatewayEmulator, SeedInput } from "../../src/index.js";
import { BASETEN_TARGET, call, management } from "./client.js";

/** What a test does to see one error, in a world of {@link SEED}. */
export type Provocation = (gateway: GatewayEmulator) => Promise<unknown>;

export const KEY = "sky_acmeprod0001.local-secret";
const CHAT = "/v1/chat/completions";
export const BODY = { model: "acme/llama", messages: [{ role: "user", content: "Hello" }] };

/** Everything that the advice of the catalogue asks for, in one world. */
export const SEED: SeedInput = {
  clock: "2026-06-17T12:00:00Z",
  settings: { max_body_bytes: 1_000, unmatched: "error" },
  completions: [{ match: { last_message: "Hello" }, reply: { content: "Hello!" } }],
  workspaces: [
    {
      name: "acme",
      api_keys: [{ key: "manage.acme" }, { key: "invoke.acme", type: "WORKSPACE_INVOKE" }],
      endpoints: [{ slug: "acme/llama", targets: [BASETEN_TARGET] }],
      groups: [
        {
          external_entity_id: "org",
          models: [
            {
              slug: "acme/llama",
              rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }],
            },
          ],
          keys: [{ name: "acme-prod", key: KEY }],
        },
      ],
    },
    {
      name: "globex",
      api_keys: [{ key: "manage.globex" }],
      endpoints: [{ slug: "globex/llama", targets: [BASETEN_TARGET] }],
    },
    { name: "initech", onboarded: false, api_keys: [{ key: "manage.initech" }] },
  ],
};

/** POSTs a chat completion with the group's key. */
async function chat(gateway: GatewayEmulator, body: unknown = BODY, headers: Record<string, string> = {}) {
  return call(gateway, "POST", CHAT, { key: KEY, body, headers });
}

function injected(fault: string): Provocation {
  return (gateway) => chat(gateway, BODY, { "x-emulator-fault": fault });
}

function managed(key: string | null): Provocation {
  return (gateway) => call(gateway, "GET", "/v1/gateway/groups", { key });
}

async function idOfFirst(
  list: "endpoints" | "groups",
  gateway: GatewayEmulator,
  key: string,
): Promise<string> {
  return (await management(gateway, key).get(`/${list}`)).body.items[0].id;
}

/** By code, what its `provoke` line says: the gateway and what belongs to every host. */
export const GATEWAY_PROVOCATIONS: Readonly<Record<string, Provocation>> = {
  unauthenticated: managed(null),
  key_refused: managed("unknown.key"),
  not_onboarded: managed("manage.initech"),
  missing_scope: (gateway) =>
    management(gateway, "invoke.acme").post("/groups", { metadata: { external_entity_id: "new" } }),
  foreign: async (gateway) =>
    management(gateway, "manage.acme").get(
      `/endpoints/${await idOfFirst("endpoints", gateway, "manage.globex")}`,
    ),
  async management_rate_limited(gateway) {
    for (let sent = 0; sent <= 100; sent++) await management(gateway).get("/endpoints");
  },
  async not_found(gateway) {
    const api = management(gateway);
    const path = `/groups/${await idOfFirst("groups", gateway, "manage.acme")}`;
    await api.delete(path);
    await api.get(path);
  },
  validation: (gateway) => management(gateway).post("/groups", { metadata: {} }),
  unknown_world: (gateway) => call(gateway, "GET", "/_worlds/nowhere/v1/models"),
  unknown_path: (gateway) => call(gateway, "GET", "/v1/nothing"),
  method_not_allowed: (gateway) => call(gateway, "PUT", "/v1/gateway/groups"),
  invalid_body: (gateway) => chat(gateway, {}),
  missing_key: (gateway) => call(gateway, "POST", CHAT, { key: null, body: BODY }),
  models_missing_key: (gateway) => call(gateway, "GET", "/v1/models", { key: null }),
  async wrong_key(gateway) {
    const group = await idOfFirst("groups", gateway, "manage.acme");
    await management(gateway).delete(`/groups/${group}/api_keys/sky_acmeprod0001`);
    await chat(gateway);
  },
  bearer_refused: (gateway) => chat(gateway, BODY, { Authorization: `Bearer ${KEY}` }),
  empty_key: (gateway) => chat(gateway, BODY, { Authorization: "Bearer " }),
  unknown_model: (gateway) => chat(gateway, { ...BODY, model: "acme/other" }),
  async rate_limited(gateway) {
    await chat(gateway);
    await chat(gateway);
  },
  body_too_large: (gateway) => chat(gateway, { ...BODY, user: "x".repeat(1_000) }),
  encoded_body: (gateway) => chat(gateway, BODY, { "Content-Encoding": "gzip" }),
  async client_gone(gateway) {
    const headers = { Authorization: `Api-Key ${KEY}`, "Content-Length": 100 };
    const sent = request(gateway.url + CHAT, { method: "POST", headers }).on("error", () => {});
    sent.write("{", () => sent.destroy());
    await vi.waitFor(async () => expect(await gateway.requests({ path: CHAT })).toHaveLength(1));
  },
  async loop_detected(gateway) {
    const forward = { url: `${gateway.url}/v1`, headers: { Authorization: `Api-Key ${KEY}` } };
    await gateway.completions.add({ reply: { forward } });
    // As the last round arrives.
    await chat(gateway, BODY, { "CDN-Loop": Array(5).fill("gateway-emulator").join(", ") });
  },
  payment_required: injected("payment_required"),
  model_unavailable: injected("model_unavailable"),
  draining: injected("draining"),
  timeout: injected("timeout"),
  overloaded: injected("overloaded"),
  injected: injected('{"status":418}'),
  unmatched: (gateway) => chat(gateway, { ...BODY, messages: [{ role: "user", content: "?" }] }),
  invalid_value: (gateway) => chat(gateway, { ...BODY, temperature: 3 }),
  messages_invalid_value: (gateway) => call(gateway, "POST", "/v1/messages", { key: KEY, body: BODY }),
};
