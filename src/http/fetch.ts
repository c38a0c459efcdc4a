import { PromisedAnswer } from "./connection.js";
import type { AppEnv } from "./env.js";

/** The app as it answers one request. */
export interface FetchApp {
  fetch(request: Request, env: AppEnv["Bindings"]): Response | Promise<Response>;
}

/** What clients take for `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Bytes of a body that wait for a client before no more are asked for. */
const BUFFERING = new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 });

const BODILESS: readonly number[] = [204, 205, 304];

/**
 * The app without a socket, as `fetch`: an aborted request rejects, so does one whose connection a fault resets, and
 * the body of an answer that is cut off fails where it is read.
 * @param onCall called with the end of each answer, its body included, and with what breaks it off
 */
export function createFetch(
  app: FetchApp,
  onCall: (end: Promise<unknown>, breakOff: () => void) => void = () => {},
): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { signal } = request;
    const connection = new PromisedAnswer(signal);
    // All of the answer has been made, whether it has been read or not.
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    onCall(ended, () => connection.destroy());
    try {
      signal.throwIfAborted();
      const brokenOff = rejectedWhenBroken(connection, signal);
      const answering = app.fetch(request, { connection });
      const response = await Promise.race([answering, brokenOff]);
      const body = unfinishedBody(request, response, connection);
      if (body) return new Response(follow(body, connection, signal, end), response);
      end();
      return response;
    } catch (cause) {
      end();
      throw cause;
    }
  };
}

/** Rejects when the client leaves, or the connection breaks, before there is an answer. */
function rejectedWhenBroken(connection: PromisedAnswer, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    connection.onBroken = () => reject(brokenConnection(connection));
  });
}

/** The body of an answer that is not there whole; null when it is. */
function unfinishedBody(
  { method }: Request,
  { body, status, headers }: Response,
  { cut }: PromisedAnswer,
): ReadableStream<Uint8Array> | null {
  if (!cut) return headers.has("content-length") ? null : body;
  if (body) return body;
  // Cut before its first byte.
  return method === "HEAD" || BODILESS.includes(status) ? null : new Blob([]).stream();
}

/**
 * The body, which fails as one from a socket does.
 * @param end called when all of it has been made
 */
function follow(
  body: ReadableStream<Uint8Array>,
  connection: PromisedAnswer,
  signal: AbortSignal,
  end: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const read = (): ReturnType<typeof reader.read> => {
    const chunk = reader.read();
    chunk.then(({ done }) => done && end(), end);
    return chunk;
  };
  // One chunk ahead, so that the end is known though nobody reads it.
  let next = read();
  let fail: (cause: unknown) => void = () => {};
  const onAbort = (): void => fail(signal.reason);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        fail = (cause) => {
          controller.error(cause);
          void reader.cancel();
          end();
        };
        connection.onBroken = () => fail(terminated());
        signal.addEventListener("abort", onAbort, { once: true });
        if (signal.aborted) onAbort();
        else if (connection.broken) connection.onBroken();
      },
      async pull(controller) {
        const { done, value } = await next;
        if (!done) {
          controller.enqueue(value);
          next = read();
          return;
        }
        signal.removeEventListener("abort", onAbort);
        if (connection.cut) controller.error(terminated());
        else controller.close();
      },
      async cancel(reason) {
        await reader.cancel(reason);
        end();
      },
    },
    BUFFERING,
  );
}

/** As `fetch` says it. */
function brokenConnection({ broken }: PromisedAnswer): TypeError {
  const cause =
    broken === "reset"
      ? Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
      : connectionEnded();
  return new TypeError("fetch failed", { cause });
}

function terminated(): TypeError {
  return new TypeError("terminated", { cause: connectionEnded() });
}

function connectionEnded(): Error {
  return Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
}
