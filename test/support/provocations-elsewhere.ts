import type { GatewayEmulator, SeedInput } from "../../src/index.js";
import { type Answered, call } from "./client.js";
import { BODY, KEY, type Provocation } from "./provocations.js";

/** What the other systems need besides the gateway's world: a model with deployments, and two AI Gateways. */
export const SEED_ELSEWHERE: SeedInput = {
  workspaces: [
    {
      name: "acme",
      models: [
        {
          id: "3kZ9xqd",
          served_model_names: ["llama"],
          deployments: [{ id: "asleep", status: "INACTIVE" }],
        },
      ],
    },
  ],
  predictions: [
    { match: { text: { contains: "break" } }, reply: { error: "model" } },
    { match: { text: { contains: "hurry" } }, reply: { error: "not_ready" } },
  ],
  cloudflare: {
    gateways: [
      { account_id: "acc", gateway_id: "open", allowed_models: ["acme/llama"] },
      { account_id: "acc", gateway_id: "closed", authenticated: true, tokens: ["cloudflare-token"] },
    ],
  },
};

const MODEL = "/_host/model-3kz9xqd.api.baseten.co";
const AI_GATEWAY = "/_host/gateway.ai.cloudflare.com/v1/acc";

/** POSTs to the model's own host with the workspace key. */
function model(gateway: GatewayEmulator, path: string, body: unknown): Promise<Answered> {
  return call(gateway, "POST", MODEL + path, { body });
}

interface Asked {
  readonly name?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** null: without an Authorization header. */
  readonly key?: string | null;
}

/** POSTs a chat completion through an AI Gateway. */
function cloudflare(
  gateway: GatewayEmulator,
  { name = "open", body = BODY, headers = {}, key = KEY }: Asked,
) {
  return call(gateway, "POST", `${AI_GATEWAY}/${name}/baseten/v1/chat/completions`, { key, body, headers });
}

function injected(fault: string): Provocation {
  return (gateway) => cloudflare(gateway, { headers: { "x-emulator-fault": fault } });
}

/** By code, what its `provoke` line says: dedicated deployments and Cloudflare's AI Gateway. */
export const PROVOCATIONS_ELSEWHERE: Readonly<Record<string, Provocation>> = {
  deployment_unauthorized: (gateway) =>
    call(gateway, "POST", `${MODEL}/production/predict`, { key: KEY, body: {} }),
  deployment_not_found: (gateway) =>
    call(gateway, "POST", "/_host/model-nowhere.api.baseten.co/production/predict", { body: {} }),
  deployment_inactive: (gateway) => model(gateway, "/deployment/asleep/predict", {}),
  prediction_input: (gateway) => model(gateway, "/production/predict", "{"),
  prediction_failed: (gateway) => model(gateway, "/production/predict", { do: "break" }),
  deployment_not_ready: (gateway) => model(gateway, "/production/predict", { do: "hurry" }),
  served_model_unknown: (gateway) => model(gateway, "/production/sync/v1/chat/completions", BODY),
  sync_route_unknown: (gateway) => model(gateway, "/production/sync/items", {}),
  async_invalid: (gateway) => model(gateway, "/production/async_predict", {}),
  async_request_not_found: (gateway) => call(gateway, "GET", `${MODEL}/async_request/unknown`),
  cloudflare_gateway_unknown: (gateway) => cloudflare(gateway, { name: "other" }),
  cloudflare_unauthorized: (gateway) => cloudflare(gateway, { name: "closed" }),
  cloudflare_bad_format: (gateway) =>
    call(gateway, "POST", `${AI_GATEWAY}/open/compat/chat/completions`, { key: KEY, body: BODY }),
  cloudflare_stored_key_unknown: (gateway) =>
    cloudflare(gateway, { key: null, headers: { "cf-aig-byok-alias": "unknown" } }),
  cloudflare_model_not_allowed: (gateway) => cloudflare(gateway, { body: { ...BODY, model: "acme/other" } }),
  async cloudflare_timeout(gateway) {
    await gateway.clock.real();
    const headers = { "x-emulator-fault": '{"delay":"1h"}', "cf-aig-request-timeout": "1" };
    await cloudflare(gateway, { headers });
  },
  cloudflare_no_answer: injected('{"reset":true}'),
  cloudflare_wholesale_rate_limited: injected("cloudflare_wholesale_rate_limited"),
  cloudflare_no_credits: injected("cloudflare_no_credits"),
  cloudflare_spend_limit: injected("cloudflare_spend_limit"),
  cloudflare_blocked: injected("cloudflare_blocked"),
};
