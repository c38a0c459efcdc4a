import { IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Socket } from "node:net";
import type { Outgoing } from "./outgoing.js";

/** Error codes (RFC 9113 section 7). */
const NO_ERROR = 0x00;
const REFUSED_STREAM = 0x07;

/** What speaks of a connection and not of an answer, which HTTP/2 has no place for (RFC 9113 section 8.2.2). */
const CONNECTION_HEADERS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** The request of a stream, as routes know requests: `Host` is its `:authority`. */
export class Http2Request extends IncomingMessage {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    super(new StreamSocket(stream));
    this.#stream = stream;
    this.method = headers[":method"] ?? "GET";
    this.url = headers[":path"] ?? "/";
    this.httpVersion = "2.0";
    for (const [name, value] of Object.entries(headers)) {
      if (!name.startsWith(":")) this.headers[name] = value;
    }
    const authority = headers[":authority"];
    if (authority !== undefined) this.headers.host = authority;
    if (headers.expect === "100-continue") stream.additionalHeaders({ ":status": 100 });
    // Whatever goes wrong with a stream closes it, and that is what is looked at.
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause();
    });
    if (stream.endAfterHeaders) this.#arrived();
    else
      stream.once("end", () => {
        // A stream that was reset ends as well.
        if (!stream.closed) this.#arrived();
      });
    stream.once("close", () => {
      if (!this.complete) this.destroy();
    });
  }

  override _read(): void {
    this.#stream.resume();
  }

  #arrived(): void {
    this.complete = true;
    this.push(null);
  }

  /** @param listener called when all of it has arrived, or will not any more */
  whenRead(listener: () => void): void {
    this.#stream.once("end", listener).once("close", listener);
  }

  /** Tells the client of a request that has not arrived whole that nothing was done with it. */
  refuse(): void {
    if (!this.complete) this.#stream.close(REFUSED_STREAM);
  }
}

/** The response of a stream, as routes know responses. */
export class Http2Response implements Outgoing {
  readonly #stream: ServerHttp2Stream;
  readonly #request: Http2Request;
  readonly #set: Record<string, string> = {};

  constructor(stream: ServerHttp2Stream, request: Http2Request) {
    this.#stream = stream;
    this.#request = request;
  }

  get destroyed(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  get headersSent(): boolean {
    return this.#stream.headersSent;
  }

  get writableNeedDrain(): boolean {
    return this.#stream.writableNeedDrain;
  }

  setHeader(name: string, value: string): void {
    this.#set[name.toLowerCase()] = value;
  }

  writeHead(status: number, headers: OutgoingHttpHeaders | string[]): void {
    if (this.destroyed) return;
    this.#stream.respond({ ...this.#set, ...http2Headers(headers), ":status": status });
  }

  write(chunk: string | Buffer): boolean {
    // A stream whose answer has no body is ended by its head.
    return this.#writable ? this.#stream.write(chunk) : true;
  }

  end(chunk?: string | Buffer): void {
    if (this.#writable) this.#stream.end(chunk);
    // What is left of the request has nobody to read it; the answer goes out before the stream is closed.
    if (!this.#request.complete) this.#stream.close(NO_ERROR);
  }

  /** The head goes out at once in any case. */
  flushHeaders(): void {}

  destroy(): void {
    reset(this.#stream);
  }

  once(event: "close" | "drain", listener: () => void): void {
    this.#stream.once(event, listener);
  }

  off(event: "close" | "drain", listener: () => void): void {
    this.#stream.off(event, listener);
  }

  get #writable(): boolean {
    return !this.destroyed && !this.#stream.writableEnded;
  }
}

/** Breaks a stream off with INTERNAL_ERROR. Node's `close` would end its answer first, as if that were whole. */
function reset(stream: ServerHttp2Stream): void {
  if (!stream.closed) stream.destroy(new Error("the answer was broken off"));
}

/** What a request takes for its connection: ending it ends its stream alone, whatever else the client has under way. */
class StreamSocket extends Socket {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    super();
    this.#stream = stream;
  }

  override destroySoon(): void {
    const { headersSent, destroyed, closed } = this.#stream;
    if (!headersSent || destroyed || closed) {
      this.destroy();
      return;
    }
    // Called when all before it is on the wire, of which a reset would drop what is not.
    this.#stream.write("", () => this.destroy());
  }

  override resetAndDestroy(): this {
    return this.destroy();
  }

  override _destroy(cause: Error | null, callback: (cause?: Error | null) => void): void {
    reset(this.#stream);
    super._destroy(cause, callback);
  }
}

function http2Headers(headers: OutgoingHttpHeaders | string[]): OutgoingHttpHeaders {
  const result: OutgoingHttpHeaders = {};
  const set = (name: string, value: OutgoingHttpHeaders[string]): void => {
    const lower = name.toLowerCase();
    if (!CONNECTION_HEADERS.has(lower)) result[lower] = value;
  };
  if (Array.isArray(headers)) {
    for (let at = 0; at + 1 < headers.length; at += 2) set(headers[at] ?? "", headers[at + 1]);
  } else {
    for (const [name, value] of Object.entries(headers)) set(name, value);
  }
  return result;
}
