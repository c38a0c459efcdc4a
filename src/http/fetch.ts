import { PromisedAnswer } from "./connection.js";
import type { AppEnv } from "./env.js";

/** The app as it answers one request. */
export interface FetchApp {
  fetch(request: Request, env: AppEnv["Bindings"]): Response | Promise<Response>;
}

/** What a client takes for `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The app without a socket. It behaves as `fetch` does: an aborted request rejects, a connection that a fault resets
 * rejects, and the body of an answer that is cut off fails where it is read.
 * @param closed why nothing answers any more, or null
 */
export function createFetch(app: FetchApp, closed: () => Error | null = () => null): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { signal } = request;
    signal.throwIfAborted();
    const error = closed();
    if (error) throw error;
    const connection = new PromisedAnswer();
    const answering = Promise.resolve(app.fetch(request, { connection }));
    const response = await Promise.race([answering, brokenOff(connection, signal)]);
    return withEndOf(response, connection, signal);
  };
}

/** Rejects when the client leaves or the connection breaks before there is an answer. */
function brokenOff(connection: PromisedAnswer, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    connection.onBroken = () => reject(connectionError(connection));
  });
}

/** The response with a body that fails as one from a socket does. */
function withEndOf(response: Response, connection: PromisedAnswer, signal: AbortSignal): Response {
  if (!response.body || (!connection.cut && response.headers.has("content-length"))) return response;
  const reader = response.body.getReader();
  let fail: (cause: unknown) => void = () => {};
  const onAbort = (): void => fail(signal.reason);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      fail = (cause) => {
        controller.error(cause);
        void reader.cancel();
      };
      connection.onBroken = () => fail(connectionError(connection));
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (value) controller.enqueue(value);
      if (!done) return;
      signal.removeEventListener("abort", onAbort);
      if (connection.cut) controller.error(new TypeError("terminated", { cause: connectionEnded() }));
      else controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}

/** As `fetch` says it. */
function connectionError({ broken }: PromisedAnswer): TypeError {
  const cause =
    broken === "reset"
      ? Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
      : connectionEnded();
  return new TypeError("fetch failed", { cause });
}

function connectionEnded(): Error {
  return Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
}
