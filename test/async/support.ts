import { type GatewayEmulator, type SeedInput, startGatewayEmulator } from "../../src/index.js";
import { type Answered, call } from "../support/client.js";

/** Where the seed's clock stands. */
export const NOON = "2026-06-17T12:00:00.000Z";
export const SECRET = "whsec_async";
export const MODEL = "abc123";
export const DEPLOYMENT = `${MODEL}-production`;
export const CHAIN = "chn456";

/**
 * Frozen at noon: a model and a chain. The model echoes, unless `model_input.model_says` names a rule: `slow` takes
 * 60 s, `crash` fails always, `flaky` fails twice, and so on. Loosely typed, because the start checks it.
 */
export function asyncSeed(parts: { settings?: object; workspace?: object } = {}): SeedInput {
  const says = (word: string, rule: object) => ({ match: { body: { model_says: word } }, ...rule });
  const seed: object = {
    clock: NOON,
    settings: { ...parts.settings },
    workspaces: [
      {
        name: "acme",
        async_webhook_secrets: [SECRET],
        models: [
          {
            id: MODEL,
            environments: ["production", "development", "prod-us"],
            deployments: [
              { id: "dep789" },
              { id: "asleep", status: "SCALED_TO_ZERO", cold_start: "30s" },
              { id: "off", status: "INACTIVE" },
            ],
          },
          { id: "other1" },
        ],
        chains: [{ id: CHAIN, environments: ["development", "prod-us"], deployments: [{ id: "dep321" }] }],
        ...parts.workspace,
      },
      { name: "rival", api_keys: [{ key: "rival.secret-key" }], models: [{ id: "rival1" }] },
    ],
    predictions: [
      says("slow", { reply: { json: { done: true }, delay: "60s" } }),
      says("never", { reply: { json: {}, delay: "2h" } }),
      says("crash", { reply: { error: "model" } }),
      says("flaky", {
        sequence: [{ error: "model" }, { error: "unavailable" }, { json: { third: "time" } }],
      }),
      says("timeout", { reply: { error: "timeout" } }),
      says("loading", { reply: { error: "not_ready" } }),
      says("invalid", { reply: { json: { detail: "no prompt" }, status: 422 } }),
      says("gone", { reply: { text: "no such thing", status: 404 } }),
      says("stream", { reply: { chunks: ["a", "b"] } }),
      says("text", { reply: { text: "plain" } }),
      says("bytes", { reply: { base64: "/wD/" } }),
    ],
  };
  return seed;
}

export function start(parts: Parameters<typeof asyncSeed>[0] = {}): Promise<GatewayEmulator> {
  return startGatewayEmulator({ seed: asyncSeed(parts) });
}

type Options = { readonly key?: string | null; readonly headers?: Record<string, string> };

/** A call to a host of the real service. */
export function onHost(
  gateway: GatewayEmulator,
  host: string,
  method: string,
  path: string,
  options: Options & { readonly body?: unknown } = {},
): Promise<Answered> {
  return call(gateway, method, `/_host/${host}.api.baseten.co${path}`, options);
}

/** `POST /production/async_predict` of the model. */
export function submit(
  gateway: GatewayEmulator,
  input: unknown,
  fields: object = {},
  path = "/production",
): Promise<Answered> {
  const body = { model_input: input, ...fields };
  return onHost(gateway, `model-${MODEL}`, "POST", `${path}/async_predict`, { body });
}

/** The same, accepted. @returns its id */
export async function submitted(
  gateway: GatewayEmulator,
  word: string,
  fields: object = {},
  path?: string,
): Promise<string> {
  const { status, text, body } = await submit(gateway, { model_says: word }, fields, path);
  if (status !== 201) throw new Error(`${status} ${text}`);
  return body.request_id;
}

export function statusOf(gateway: GatewayEmulator, id: string, options: Options = {}): Promise<Answered> {
  return onHost(gateway, `model-${MODEL}`, "GET", `/async_request/${id}`, options);
}

/** Status and webhook status, once everything that can happen now has happened. */
export async function settled(gateway: GatewayEmulator, id: string): Promise<[string, string]> {
  await gateway.clock.advance(0);
  const { body } = await statusOf(gateway, id);
  return [body.status, body.webhook_status];
}

export function cancel(gateway: GatewayEmulator, id: string): Promise<Answered> {
  return onHost(gateway, `model-${MODEL}`, "DELETE", `/async_request/${id}`);
}
