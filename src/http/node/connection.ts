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

/** What connections of both protocols have in common. */
abstract class NodeConnection<NodeResponse extends ServerResponse | Http2ServerResponse> {
  protected readonly outgoing: NodeResponse;

  constructor(outgoing: NodeResponse) {
    this.outgoing = outgoing;
  }

  /**
   * Node-server adds the length of a body that it has whole. Any length that is there already, such as this one, keeps
   * it from counting a long text; none is sent.
   */
  dropLength(headers: Record<string, string>): void {
    headers["Content-Length"] = "0";
    const { outgoing } = this;
    const { writeHead } = outgoing;
    Reflect.set(outgoing, "writeHead", (status: number, all: Record<string, unknown>) => {
      delete all["Content-Length"];
      delete all["content-length"];
      return Reflect.apply(writeHead, outgoing, [status, all]);
    });
  }
}

/** HTTP/1.1: a socket that carries one answer at a time. */
class Http1Connection extends NodeConnection<ServerResponse> implements Connection {
  get closed(): boolean {
    return this.outgoing.destroyed;
  }

  /** Clients of HTTP/1.0 know no chunks. */
  get chunked(): boolean {
    return this.outgoing.req.httpVersionMinor > 0;
  }

  cutAtEnd(): void {
    const { outgoing } = this;
    const { socket } = outgoing.req;
    outgoing.end = (last?: unknown) => {
      outgoing.flushHeaders();
      if (typeof last === "string" || last instanceof Uint8Array) outgoing.write(last);
      socket.destroySoon();
      return outgoing;
    };
  }

  reset(): void {
    this.outgoing.req.socket.resetAndDestroy();
  }

  destroy(): void {
    this.outgoing.req.socket.destroy();
  }
}

/** HTTP/2: one stream of many on a socket, which the others need. */
class Http2Connection extends NodeConnection<Http2ServerResponse> implements Connection {
  readonly chunked = false;

  get closed(): boolean {
    const { stream } = this.outgoing;
    return !stream || stream.destroyed || stream.closed;
  }

  cutAtEnd(): void {
    const { outgoing } = this;
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
    const { stream } = this.outgoing;
    if (stream && !stream.closed) stream.destroy(new Error("the answer was broken off"));
  }
}
