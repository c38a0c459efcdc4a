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
export type AttemptOutcome =
  | { readonly kind: "answered"; readonly response: Response; readonly connection: PromisedAnswer }
  /** No first byte in time. */
  | { readonly kind: "late" }
  /** The connection ended before the first byte. */
  | { readonly kind: "disconnected" }
  /** The client left, or its world was reset or removed. */
  | { readonly kind: "given up" };

/**
 * Headers that the gateway does not pass on: its own (`cf-*`), those of one connection, and `Authorization`, which may
 * differ upstream.
 */
const NOT_PASSED_ON = /^(cf-.*|host|connection|content-length|transfer-encoding|expect|authorization)$/;

/**
 * Calls the app as the provider. The call has its own journal entry, limits and billing, like any other.
 * @param timeoutMs to the first byte, on the world's clock; null: no limit
 */
export function askProvider(
  c: AppContext,
  fetch: AppFetch,
  asked: ProviderRequest,
  authorization: string | undefined,
  timeoutMs: number | null,
): { readonly requestNumber: number | undefined; readonly attempt: Promise<AttemptOutcome> } {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([c.req.raw.signal, giveUp.signal]);
  const connection = new PromisedAnswer(signal);
  const world = c.get("emulator").view().name;
  const env: AppEnv["Bindings"] = { connection, destination: { ...asked.destination, world } };
  const answering = fetch(requestOf(c, asked, authorization, signal), env);
  const attempt = firstByte(c, timeoutMs, giveUp, Promise.resolve(answering)).then(
    (response): AttemptOutcome => {
      if (response === null) return { kind: "late" };
      switch (connection.broken) {
        case "reset":
          return { kind: "disconnected" };
        case "ended":
          c.env.connection.destroy();
          return { kind: "given up" };
        case null:
          if (c.req.raw.signal.aborted) return { kind: "given up" };
          // From here on a broken connection breaks the client's too.
          connection.onBroken = () => c.env.connection.destroy();
          return { kind: "answered", response, connection };
      }
    },
  );
  return { requestNumber: env.requestNumber, attempt };
}

/** @returns null after `timeoutMs`; the provider then sees a client that left */
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
  for (const [name, value] of c.req.raw.headers) if (!NOT_PASSED_ON.test(name)) headers.set(name, value);
  if (authorization !== undefined) headers.set("Authorization", authorization);
  return new Request("http://provider.localhost/", {
    method,
    headers,
    signal,
    ...(body.length > 0 ? { body } : {}),
  });
}
