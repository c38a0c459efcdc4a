import type { GatewayEmulator, SeedInput } from "../../src/index.js";
import type { Answered } from "../support/client.js";

export const WORKSPACE_KEY = "emulator.manage-acme";
export const INVOKE_KEY = "emulator.invoke-acme";
export const FEDERATED_KEY = "sky_acmeprod0001.local-secret";

/** The base URL of a model's or chain's host, by the prefix that works with every resolver. */
export function hostUrl(gateway: GatewayEmulator, label: string): string {
  return `${gateway.url}/_host/${label}.api.baseten.co`;
}

/**
 * Frozen at noon: model `3kZ9xqd` and chain `ch4in01` with development and staging, and `parts` over them. Loosely
 * typed, because the start checks it.
 */
export function dedicated(
  parts: {
    model?: object;
    models?: readonly object[];
    predictions?: readonly object[];
    completions?: readonly object[];
    settings?: object;
    faults?: readonly object[];
  } = {},
): SeedInput {
  const seed: object = {
    clock: "2026-06-17T12:00:00Z",
    settings: { ...parts.settings },
    workspaces: [
      {
        name: "acme",
        api_keys: [
          { key: WORKSPACE_KEY },
          { key: INVOKE_KEY, type: "WORKSPACE_INVOKE", name: "invoker" },
          { key: "emulator.metrics-acme", type: "WORKSPACE_EXPORT_METRICS" },
        ],
        models: [
          { id: "3kZ9xqd", name: "llama", environments: ["development", "staging"], ...parts.model },
          ...(parts.models ?? []),
        ],
        chains: [{ id: "ch4in01", name: "rag", environments: ["development", "staging"] }],
        endpoints: [{ slug: "acme/llama", targets: [{ provider: "BASETEN", model_id: "3kZ9xqd" }] }],
        groups: [
          {
            external_entity_id: "org",
            models: [{ slug: "acme/llama" }],
            keys: [{ name: "acme-prod", key: FEDERATED_KEY }],
          },
        ],
      },
      {
        name: "other",
        api_keys: [{ key: "emulator.manage-other" }],
        models: [{ id: "0therm0" }],
      },
    ],
    predictions: [...(parts.predictions ?? [])],
    completions: [...(parts.completions ?? [])],
    faults: [...(parts.faults ?? [])],
  };
  return seed;
}

/** What a test sends: JSON unless it is bytes, text or a form. */
export interface Sent {
  readonly method?: string;
  readonly key?: string | null;
  readonly scheme?: string;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
}

/** One request to a host of the emulator, by `/_host/`. */
export async function ask(
  gateway: GatewayEmulator,
  label: string,
  path: string,
  { method = "POST", key = WORKSPACE_KEY, scheme = "Api-Key", headers = {}, json, body }: Sent = {},
): Promise<Answered> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const response = await fetch(hostUrl(gateway, label) + path, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `${scheme} ${key}` }),
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Host names have no case: the model is declared as `3kZ9xqd`. */
export const MODEL = "model-3kz9xqd";

/** Lets the world's time pass until an answer is there; the journal says how long it took. */
export async function passing<T>(gateway: GatewayEmulator, answer: Promise<T>): Promise<T> {
  let there = false;
  const noted = answer.finally(() => {
    there = true;
  });
  noted.catch(() => undefined);
  while (!there) {
    // The request has to get there before time can release it.
    await new Promise((resolve) => setImmediate(resolve));
    await gateway.clock.advance("1s");
  }
  return noted;
}

/** Every way to name a deployment of a model or chain: host label and what its paths begin with. */
export function places(label: string, id: string): readonly (readonly [label: string, prefix: string])[] {
  return [
    [label, "/production"],
    [label, "/development"],
    [label, "/environments/staging"],
    [label, `/deployment/${id}-staging`],
    [`${label}-staging`, ""],
  ];
}

/** The same of the usual model. */
export const MODEL_PLACES = places(MODEL, "3kZ9xqd");
