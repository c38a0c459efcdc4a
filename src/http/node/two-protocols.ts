import { type RequestListener, Server, type ServerOptions } from "node:http";
import type {
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  ServerHttp2Session,
  ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { Http1Response } from "./http1-response.js";
import { PipelinedResponses } from "./pipelining.js";

/** What only an HTTP/2 connection preface begins with (RFC 9113 section 3.4); no HTTP/1.1 method is called so. */
const PREFACE = "PRI ";

/** Node refuses streams of a session above 10 MB, which a client's batches reach; megabytes. */
const SESSION_MEGABYTES = 1024;

/** An error code of RFC 9113 section 7: nothing was done with the request. */
const REFUSED_STREAM = 0x07;

/** Answers requests of both protocols, as node-server's listener does. */
export type Listener = (
  incoming: Parameters<RequestListener>[0] | Http2ServerRequest,
  outgoing: Parameters<RequestListener>[1] | Http2ServerResponse,
) => unknown;

/**
 * An HTTP/1.1 server whose port also accepts HTTP/2 without TLS from clients that begin with it (prior knowledge), as
 * Baseten's performance client does. The first bytes of a connection decide; Node's own servers do the rest.
 */
export class TwoProtocolServer extends Server {
  readonly #undecided = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Requests of HTTP/2 that have not arrived whole. */
  readonly #unread = new Set<ServerHttp2Stream>();
  readonly #createHttp2: () => Http2Server;
  /** Made for the first connection that wants it: loading it takes milliseconds of every start. */
  #http2: Http2Server | null = null;

  constructor(options: ServerOptions & { readonly maxHeaderSize: number }, listener: Listener) {
    const pipelined = new PipelinedResponses();
    super({ ...options, ServerResponse: Http1Response }, (request, response) => {
      pipelined.follow(response, request.socket);
      listener(request, response);
    });
    this.#createHttp2 = () => this.#http2Server(options.maxHeaderSize, listener);
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
    for (const stream of this.#unread) stream.close(REFUSED_STREAM);
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
      decided();
      if (head) socket.unshift(head);
      if (begin === PREFACE) this.#acceptHttp2(socket);
      else acceptHttp1();
    };
    const decided = (): void => {
      this.#undecided.delete(socket);
      socket.off("readable", look).off("close", decided).off("error", ignore);
    };
    this.#undecided.add(socket);
    socket.on("readable", look).once("close", decided).on("error", ignore);
  }

  #acceptHttp2(socket: Socket): void {
    // A client that ends its half is gone, and so are its streams.
    socket.allowHalfOpen = false;
    // A closed session waits for its client to end the connection too, which some never do.
    socket.once("finish", () => socket.destroy());
    this.#http2 ??= this.#createHttp2();
    this.#http2.emit("connection", socket);
  }

  #http2Server(maxHeaderBytes: number, listener: Listener): Http2Server {
    const options = { maxSessionMemory: SESSION_MEGABYTES, settings: { maxHeaderListSize: maxHeaderBytes } };
    const server = process.getBuiltinModule("node:http2").createServer(options, (request, response) => {
      // Whatever goes wrong with a stream closes it, and that is what is looked at.
      request.on("error", ignore);
      response.on("error", ignore);
      const { stream } = request;
      if (!request.complete) {
        this.#unread.add(stream);
        const read = (): void => void this.#unread.delete(stream);
        request.once("end", read);
        stream.once("close", read);
      }
      listener(request, response);
    });
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
    });
    return server;
  }
}

function ignore(): void {}
