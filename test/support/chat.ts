import type { GatewayEmulator, SeedInput } from "../../src/index.js";
import { type Answered, BASETEN_TARGET, call } from "./client.js";

/** The key of the `QUICKSTART` seed. */
export const FEDERATED_KEY = "sky_acmeprod0001.local-secret";
export const CHAT = "/v1/chat/completions";

export const HELLO = {
  model: "acme/llama",
  messages: [{ role: "user", content: "Hello, world!" }],
};

/** A chat completion with `fields` over `HELLO`. */
export function chat(
  gateway: GatewayEmulator,
  fields: object = {},
  options: { key?: string | null; headers?: Record<string, string> } = {},
): Promise<Answered> {
  return call(gateway, "POST", CHAT, { key: FEDERATED_KEY, ...options, body: { ...HELLO, ...fields } });
}

/** A chat completion that says `content`. */
export function say(gateway: GatewayEmulator, content: string, fields: object = {}): Promise<Answered> {
  return chat(gateway, { messages: [{ role: "user", content }], ...fields });
}

/**
 * Frozen at noon: workspace `acme` with endpoint `acme/llama`, group `org` with key `acme-prod`, and `parts` over
 * them. Loosely typed, because the start checks it.
 */
export function seedWith(
  parts: {
    top?: object;
    settings?: object;
    workspace?: object;
    group?: object;
    model?: object;
    completions?: readonly object[];
  } = {},
): SeedInput {
  const seed: object = {
    clock: "2026-06-17T12:00:00Z",
    ...parts.top,
    settings: { ...parts.settings },
    workspaces: [
      {
        name: "acme",
        endpoints: [{ slug: "acme/llama", targets: [BASETEN_TARGET] }],
        groups: [
          {
            external_entity_id: "org",
            models: [{ slug: "acme/llama", ...parts.model }],
            keys: [{ name: "acme-prod", key: FEDERATED_KEY }],
            ...parts.group,
          },
        ],
        ...parts.workspace,
      },
    ],
    ...(parts.completions === undefined ? {} : { completions: [...parts.completions] }),
  };
  return seed;
}

/** Names of the `X-Baseten-*` headers of an answer, lower case, sorted. */
export function basetenHeaders({ headers }: Answered): string[] {
  return [...headers.keys()].filter((name) => name.startsWith("x-baseten-")).sort();
}

/** The complete set that comes from behind the gateway (I-1.5). */
export const MODEL_SERVER_HEADERS = [
  "x-baseten-accepted-at",
  "x-baseten-model-id",
  "x-baseten-model-prediction-attempts",
  "x-baseten-model-version-id",
  "x-baseten-request-id",
  "x-baseten-session-id",
];
