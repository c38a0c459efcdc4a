import type { Destination } from "../../domain/hosts.js";
import { PromisedAnswer } from "../connection.js";
import type { AppContext, AppEnv } from "../env.js";

/** The app as a function: `app.fetch`. */
export type AppFetch = (request: Request, env: AppEnv["Bindings"]) => Response | Promise<Response>;

/** A request as the gateway sends it to the provider. */
export interface ProviderRequest {
  readonly method: "GET" | "POST";
  readonly destination: Destination;
  readonly body: Buffer;
}

/** How one attempt at the provider ended. */
export type Attempt =
  | { readonly kind: "answered"; readonly response: Response; readonly connection: PromisedAnswer }
  /** No first byte in time. */
  | { readonly kind: "late" }
  /** The connection ended before the first byte. */
  | { readonly kind: "disconnected" }
  /** The client left, or its world dropped what it was waiting for. */
  | { readonly kind: "given up" };

/**
 * Headers that end at the gateway: its own, which all begin with `cf-`, what belongs to one connection, and
 * `Authorization`, which may be another upstream.
 */
const ENDS_HERE = /^(cf-.*|host|connection|content-length|transfer-encoding|expect|authorization)$/;

/**
 * Has the app answer for the provider, with a journal entry, limits and billing of its own as for any caller.
 * @param timeoutMs to the first byte, on the world's clock; null: as long as it takes
 */
export function askProvider(
  c: AppContext,
  fetch: AppFetch,
  asked: ProviderRequest,
  authorization: string | undefined,
  timeoutMs: number | null,
): { readonly requestNumber: number | undefined; readonly attempt: Promise<Attempt> } {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([c.req.raw.signal, giveUp.signal]);
  const connection = new PromisedAnswer(signal);
  const world = c.get("emulator").view().name;
  const env: AppEnv["Bindings"] = { connection, destination: { ...asked.destination, world } };
  const answering = fetch(requestOf(c, asked, authorization, signal), env);
  const attempt = firstByte(c, timeoutMs, giveUp, Promise.resolve(answering)).then((response): Attempt => {
    if (response === null) return { kind: "late" };
    switch (connection.broken) {
      case "reset":
        return { kind: "disconnected" };
      case "ended":
        c.env.connection.destroy();
        return { kind: "given up" };
      case null:
        if (c.req.raw.signal.aborted) return { kind: "given up" };
        // What breaks off from here on breaks off for the client.
        connection.onBroken = () => c.env.connection.destroy();
        return { kind: "answered", response, connection };
    }
  });
  return { requestNumber: env.requestNumber, attempt };
}

/** @returns null when it takes longer than `timeoutMs`; to the provider it then looks as if its client left */
function firstByte(
  c: AppContext,
  timeoutMs: number | null,
  giveUp: AbortController,
  answering: Promise<Response>,
): Promise<Response | null> {
  if (timeoutMs === null) return answering;
  const { clock } = c.get("services").context;
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(clock.now() + timeoutMs, "request timeout of the AI Gateway", () => {
      giveUp.abort();
      resolve(null);
    });
    answering.then(resolve, reject).finally(cancel);
  });
}

function requestOf(
  c: AppContext,
  { method, body }: ProviderRequest,
  authorization: string | undefined,
  signal: AbortSignal,
): Request {
  const headers = new Headers();
  for (const [name, value] of c.req.raw.headers) if (!ENDS_HERE.test(name)) headers.set(name, value);
  if (authorization !== undefined) headers.set("Authorization", authorization);
  return new Request("http://provider.localhost/", {
    method,
    headers,
    signal,
    ...(body.length > 0 ? { body } : {}),
  });
}
