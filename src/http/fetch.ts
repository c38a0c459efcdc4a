import { PromisedAnswer } from "./connection.js";
import type { AppEnv } from "./env.js";

/** The app as it answers one request. */
export interface FetchApp {
  fetch(request: Request, env: AppEnv["Bindings"]): Response | Promise<Response>;
}

/** What clients take for `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The app without a socket, as `fetch`: an aborted request rejects, so does one whose connection a fault resets, and
 * the body of an answer that is cut off fails where it is read.
 * @param onCall called with the end of each answer, its body included
 */
export function createFetch(app: FetchApp, onCall: (end: Promise<unknown>) => void = () => {}): Fetch {
  return (input, init) => {
    const call = new Call(app, new Request(input, init));
    onCall(call.ended);
    return call.answer();
  };
}

/** One request of a client in this process, to the end of its answer. */
class Call {
  readonly ended: Promise<void>;
  readonly #app: FetchApp;
  readonly #request: Request;
  readonly #connection: PromisedAnswer;
  #end: () => void = () => {};

  constructor(app: FetchApp, request: Request) {
    this.#app = app;
    this.#request = request;
    this.#connection = new PromisedAnswer(request.signal);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async answer(): Promise<Response> {
    const { signal } = this.#request;
    try {
      signal.throwIfAborted();
      const answering = this.#app.fetch(this.#request, { connection: this.#connection });
      const response = await Promise.race([answering, this.#brokenOff(signal)]);
      // A whole answer is there already.
      if (response.body && (this.#connection.cut || !response.headers.has("content-length"))) {
        return new Response(this.#follow(response.body, signal), response);
      }
      this.#end();
      return response;
    } catch (cause) {
      this.#end();
      throw cause;
    }
  }

  /** Rejects when the client leaves, or the connection breaks, before there is an answer. */
  #brokenOff(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#connection.onBroken = () => reject(brokenConnection(this.#connection));
    });
  }

  /** The body, which fails as one from a socket does. */
  #follow(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
    const connection = this.#connection;
    const reader = body.getReader();
    const end = this.#end;
    let fail: (cause: unknown) => void = () => {};
    const onAbort = (): void => fail(signal.reason);
    return new ReadableStream({
      start(controller) {
        fail = (cause) => {
          controller.error(cause);
          void reader.cancel();
          end();
        };
        connection.onBroken = () => fail(new TypeError("terminated", { cause: connectionEnded() }));
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
        end();
      },
      async cancel(reason) {
        await reader.cancel(reason);
        end();
      },
    });
  }
}

/** As `fetch` says it. */
function brokenConnection({ broken }: PromisedAnswer): TypeError {
  const cause =
    broken === "reset"
      ? Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
      : connectionEnded();
  return new TypeError("fetch failed", { cause });
}

function connectionEnded(): Error {
  return Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
}
