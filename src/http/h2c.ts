import { Server, type ServerOptions } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { App } from "./app.js";
import { Http2Request, Http2Response } from "./h2-stream.js";
import { QueuedResponses } from "./queued.js";

/** What only an HTTP/2 connection preface begins with (RFC 9113 section 3.4); no HTTP/1.1 method is called so. */
const PREFACE = "PRI ";

/** Node refuses streams of a session above 10 MB, which a client's batches reach; megabytes. */
const SESSION_MEGABYTES = 1024;

/**
 * An HTTP server whose port also speaks HTTP/2 without TLS to clients that know so in advance (h2c with prior
 * knowledge), as Baseten's performance client does. The first bytes of a connection decide; afterwards HTTP/1.1 is
 * Node's own, as if nothing had been there.
 */
export class TwoProtocolServer extends Server {
  readonly #undecided = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #unread = new Set<Http2Request>();
  readonly #createHttp2: () => Http2Server;
  /** Made for the first connection that wants it: loading it takes milliseconds of every start. */
  #http2: Http2Server | null = null;

  /** @param app answers requests of both protocols */
  constructor(options: ServerOptions & { readonly maxHeaderSize: number }, app: App) {
    const queued = new QueuedResponses();
    super(options, (request, response) => {
      queued.follow(response, request.socket);
      void app(request, response);
    });
    this.#createHttp2 = () => this.#http2Server(options.maxHeaderSize, app);
    const acceptHttp1 = this.listeners("connection");
    this.removeAllListeners("connection");
    this.on("connection", (socket: Socket) =>
      this.#decide(socket, () => {
        for (const accept of acceptHttp1) accept.call(this, socket);
      }),
    );
  }

  /** No new connections, and no new streams on those that are there; streams under way go on to their end. */
  override close(callback?: (cause?: Error) => void): this {
    super.close(callback);
    for (const socket of this.#undecided) socket.destroy();
    for (const request of this.#unread) request.refuse();
    for (const session of this.#sessions) session.close();
    return this;
  }

  #decide(socket: Socket, acceptHttp1: () => void): void {
    let head: Buffer | null = null;
    const look = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk) head = head ? Buffer.concat([head, chunk]) : chunk;
      const begin = head?.toString("latin1", 0, PREFACE.length) ?? "";
      if (chunk && begin.length < PREFACE.length && PREFACE.startsWith(begin)) return;
      settle();
      if (head) socket.unshift(head);
      if (begin === PREFACE) this.#acceptHttp2(socket);
      else acceptHttp1();
    };
    const settle = (): void => {
      this.#undecided.delete(socket);
      socket.off("readable", look).off("close", settle).off("error", ignore);
    };
    this.#undecided.add(socket);
    socket.on("readable", look).once("close", settle).on("error", ignore);
  }

  #acceptHttp2(socket: Socket): void {
    // A client that ends its half is gone, and so are its streams.
    socket.allowHalfOpen = false;
    // A closed session waits for its client to end the connection too, which some never do.
    socket.once("finish", () => socket.destroy());
    this.#http2 ??= this.#createHttp2();
    this.#http2.emit("connection", socket);
  }

  #http2Server(maxHeaderBytes: number, app: App): Http2Server {
    const server = process.getBuiltinModule("node:http2").createServer({
      maxSessionMemory: SESSION_MEGABYTES,
      settings: { maxHeaderListSize: maxHeaderBytes },
    });
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
    });
    server.on("stream", (stream, headers) => {
      const request = new Http2Request(stream, headers);
      this.#unread.add(request);
      request.whenRead(() => this.#unread.delete(request));
      void app(request, new Http2Response(stream, request));
    });
    return server;
  }
}

function ignore(): void {}
