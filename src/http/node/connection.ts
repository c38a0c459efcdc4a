import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Connection } from "../connection.js";

/** A request and its response, of either protocol, as node-server hands them on. */
export interface NodeBindings {
  readonly incoming: IncomingMessage | Http2ServerRequest;
  readonly outgoing: ServerResponse | Http2ServerResponse;
}

/** The connection of a request. */
export function connectionOf({ outgoing }: NodeBindings): Connection {
  return "stream" in outgoing ? new Http2Connection(outgoing) : new Http1Connection(outgoing);
}

/** HTTP/1.1: a socket that carries one answer at a time. */
class Http1Connection implements Connection {
  readonly #outgoing: ServerResponse;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  get closed(): boolean {
    return this.#outgoing.destroyed;
  }

  /** Clients of HTTP/1.0 know no chunks. */
  get chunked(): boolean {
    return this.#outgoing.req.httpVersionMinor > 0;
  }

  dropLength(headers: Record<string, string>): void {
    dropLength(this.#outgoing, headers);
  }

  cutAtEnd(): void {
    const outgoing = this.#outgoing;
    const { socket } = outgoing.req;
    outgoing.end = (last?: unknown) => {
      outgoing.flushHeaders();
      if (typeof last === "string" || last instanceof Uint8Array) outgoing.write(last);
      socket.destroySoon();
      return outgoing;
    };
  }

  reset(): void {
    this.#outgoing.req.socket.resetAndDestroy();
  }

  destroy(): void {
    this.#outgoing.req.socket.destroy();
  }
}

/** HTTP/2: one stream of many on a socket, which the others need. */
class Http2Connection implements Connection {
  readonly chunked = false;
  readonly #outgoing: Http2ServerResponse;

  constructor(outgoing: Http2ServerResponse) {
    this.#outgoing = outgoing;
  }

  get closed(): boolean {
    const { stream } = this.#outgoing;
    return !stream || stream.destroyed || stream.closed;
  }

  dropLength(headers: Record<string, string>): void {
    dropLength(this.#outgoing, headers);
  }

  cutAtEnd(): void {
    const outgoing = this.#outgoing;
    outgoing.end = (last?: unknown) => {
      if (typeof last === "string" || last instanceof Uint8Array) outgoing.write(last);
      // Called when all before it is on the wire, of which a reset would drop what is not.
      outgoing.write("", () => this.destroy());
      return outgoing;
    };
  }

  reset(): void {
    this.destroy();
  }

  /** INTERNAL_ERROR. Node's `close` would end the answer first, as if that were whole. */
  destroy(): void {
    const { stream } = this.#outgoing;
    if (stream && !stream.closed) stream.destroy(new Error("the answer was broken off"));
  }
}

/** Node-server adds the length of a body that it has whole, unless there is one: it saves counting a long text. */
function dropLength(outgoing: ServerResponse | Http2ServerResponse, headers: Record<string, string>): void {
  headers["Content-Length"] = "0";
  const { writeHead } = outgoing;
  Reflect.set(outgoing, "writeHead", (status: number, all: Record<string, unknown>) => {
    delete all["Content-Length"];
    delete all["content-length"];
    return Reflect.apply(writeHead, outgoing, [status, all]);
  });
}
