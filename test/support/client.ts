import type { GatewayWorld } from "../../src/index.js";

/** The emulator, or one of its worlds. */
type Gateway = Pick<GatewayWorld, "url" | "workspaceKey">;

/** An answer with its body as text and, when it is JSON, as a value. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as their users do, without types
  readonly body: any;
}

/** Plain HTTP against a running emulator. */
export async function call(
  gateway: Gateway,
  method: string,
  path: string,
  options: { body?: unknown; key?: string | null; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const { body, key = gateway.workspaceKey, headers = {} } = options;
  const response = await fetch(gateway.url + path, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `Api-Key ${key}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
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

/** A workspace key's view of the management API. */
export function management(gateway: Gateway, key: string = gateway.workspaceKey) {
  const send = (method: string) => (path: string, body?: unknown) =>
    call(gateway, method, `/v1/gateway${path}`, { key, ...(body === undefined ? {} : { body }) });
  return { get: send("GET"), post: send("POST"), patch: send("PATCH"), delete: send("DELETE") };
}

export const BASETEN_TARGET = { provider: "BASETEN", model_id: "3kZ9xqd" } as const;

/** One workspace, one endpoint `acme/llama`, one group `org` with key `acme-prod`. */
export const QUICKSTART = {
  clock: "2026-06-17T12:00:00Z",
  workspaces: [
    {
      name: "acme",
      endpoints: [{ slug: "acme/llama", targets: [BASETEN_TARGET] }],
      groups: [
        {
          external_entity_id: "org",
          models: [{ slug: "acme/llama" }],
          keys: [{ name: "acme-prod", key: "sky_acmeprod0001.local-secret" }],
        },
      ],
    },
  ],
};
