import { type RequestListener, Server, type ServerOptions, type ServerResponse } from "node:http";
import type { Http2Server, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import { every } from "../../runtime/every.js";
import { Deadlines } from "./deadlines.js";
import { answerEarly, continueWhenRead, linger } from "./early-answer.js";
import { Http1Response } from "./http1-response.js";
import { Http2Sessions } from "./http2-sessions.js";
import { PipelinedResponses } from "./pipelining.js";
import { NOTHING_UNDER_WAY, type UnderWay } from "./under-way.js";

/** What only an HTTP/2 connection preface begins with (RFC 9113 section 3.4); no HTTP/1.1 method is called so. */
const PREFACE = "PRI ";

/** Node refuses streams of a session above 10 MB, which a client's batches reach; megabytes. */
const SESSION_MEGABYTES = 1024;

/** How often connections that take too long are looked for, milliseconds. The limits below count these. */
const SWEEP_MS = 1_000;
/** A connection whose first bytes do not say which protocol it speaks. */
const UNDECIDED_SWEEPS = 30;

/** By the code of what Node says of a request that it could not read. */
const REFUSALS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/** Answers requests of both protocols, as node-server's listener does. */
export type Listener = (
  incoming: Parameters<RequestListener>[0] | Http2ServerRequest,
  outgoing: Parameters<RequestListener>[1] | Http2ServerResponse,
) => unknown;

export interface TwoProtocolOptions extends ServerOptions {
  readonly maxHeaderSize: number;
  /** Milliseconds between two looks for connections that take too long; a second when absent. Tests shorten it. */
  readonly sweepMs?: number | undefined;
}

/**
 * An HTTP/1.1 server whose port also accepts HTTP/2 without TLS from clients that begin with it (prior knowledge), as
 * Baseten's performance client does. The first bytes of a connection decide; Node's own servers do the rest.
 */
export class TwoProtocolServer extends Server {
  readonly #sockets = new Set<Socket>();
  /** The newest response of each connection of HTTP/1.1: those before it are finished or wait in front of it. */
  readonly #newest = new WeakMap<Socket, ServerResponse>();
  /** Those that sent what is not HTTP. */
  readonly #refused = new WeakSet<Socket>();
  readonly #deadlines = new Deadlines();
  readonly #sessions = new Http2Sessions(this.#deadlines);
  readonly #createHttp2: () => Http2Server;
  /** Made for the first connection that wants it: loading it takes milliseconds of every start. */
  #http2: Http2Server | null = null;

  constructor({ sweepMs = SWEEP_MS, ...options }: TwoProtocolOptions, listener: Listener) {
    const pipelined = new PipelinedResponses();
    const answer = (request: Parameters<RequestListener>[0], response: ServerResponse): void => {
      this.#newest.set(request.socket, response);
      pipelined.follow(response, request.socket);
      listener(request, response);
    };
    super({ ...options, ServerResponse: Http1Response }, answer);
    this.on("checkContinue", (request, response) => {
      continueWhenRead(request, response);
      answer(request, response);
    });
    // Bytes that are not HTTP have no surface; the connection gets a bare answer and ends.
    this.on("clientError", (cause: NodeJS.ErrnoException, socket: Socket) =>
      this.#refuse(socket, cause.code),
    );
    this.#createHttp2 = () => this.#http2Server(options.maxHeaderSize, listener);
    const acceptHttp1 = this.listeners("connection");
    this.removeAllListeners("connection");
    this.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => {
        this.#sockets.delete(socket);
        this.#deadlines.lift(socket);
      });
      this.#decide(socket, () => {
        for (const accept of acceptHttp1) accept.call(this, socket);
      });
    });
    this.once("listening", () => {
      this.once(
        "close",
        every(sweepMs, () => this.#deadlines.sweep()),
      );
    });
  }

  /** No new connections, and no new streams on those that are there; what is under way goes on to its end. */
  override close(callback?: (cause?: Error) => void): this {
    super.close(callback);
    this.#sessions.close();
    this.endIncomplete();
    return this;
  }

  /** Ends what has no complete request: idle connections, and requests that are still arriving. */
  endIncomplete(): void {
    this.#sessions.endIncomplete();
    for (const socket of this.#sockets) {
      if (this.#sessions.has(socket)) continue;
      const response = this.#newest.get(socket);
      if (!response || response.writableFinished || isArriving(response)) socket.destroy();
    }
  }

  /** Ends everything, also in the middle of an answer. */
  endAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The answers that are not finished. */
  get underWay(): UnderWay {
    let { streams, requests } = this.#sessions.size > 0 ? this.#sessions.underWay : NOTHING_UNDER_WAY;
    for (const socket of this.#sockets) {
      const response = this.#newest.get(socket);
      if (!response || response.writableFinished || response.destroyed) continue;
      if (response.headersSent && response.chunkedEncoding) streams++;
      else requests++;
    }
    return { streams, requests };
  }

  /** See {@link answerEarly}. */
  answerEarly(response: ServerResponse): void {
    answerEarly(response, this.#deadlines);
  }

  #refuse(socket: Socket, code: string | undefined): void {
    // It was answered, and what still comes is thrown away: each piece of it is an error anew.
    if (this.#refused.has(socket)) return;
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    this.#refused.add(socket);
    const status = REFUSALS[code ?? ""] ?? "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    linger(socket, this.#deadlines);
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
      this.#deadlines.lift(socket);
      socket.off("readable", look).off("close", decided).off("error", ignore);
    };
    this.#deadlines.set(socket, UNDECIDED_SWEEPS);
    socket.on("readable", look).once("close", decided).on("error", ignore);
  }

  #acceptHttp2(socket: Socket): void {
    // A client that ends its half is gone, and so are its streams.
    socket.allowHalfOpen = false;
    // A closed session waits for its client to end the connection too, which some never do.
    socket.once("finish", () => socket.destroy());
    this.#http2 ??= this.#createHttp2();
    this.#sessions.expect(socket);
    this.#http2.emit("connection", socket);
  }

  #http2Server(maxHeaderBytes: number, listener: Listener): Http2Server {
    const options = { maxSessionMemory: SESSION_MEGABYTES, settings: { maxHeaderListSize: maxHeaderBytes } };
    const answer = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
      // Whatever goes wrong with a stream closes it, and that is what is looked at.
      request.on("error", ignore);
      response.on("error", ignore);
      this.#sessions.add(response);
      closeUnread(request, response);
      listener(request, response);
    };
    const server = process.getBuiltinModule("node:http2").createServer(options, answer);
    server.on("checkContinue", (request, response) => {
      continueWhenRead(request, response);
      answer(request, response);
    });
    server.on("session", (session) => this.#sessions.open(session));
    return server;
  }
}

/**
 * Closes the stream of an answer to HEAD although its request has not arrived whole, as Node does with all other answers:
 * else its client would wait for ever for room to send the rest.
 */
function closeUnread({ method }: Http2ServerRequest, response: Http2ServerResponse): void {
  if (method !== "HEAD") return;
  const { end } = response;
  response.end = (...rest: unknown[]) => {
    const ended = Reflect.apply(end, response, rest);
    // Without a body there is no event that says it.
    response.stream.close();
    return ended;
  };
}

/** Whether the request has not arrived whole, and nothing was answered yet. */
function isArriving(response: ServerResponse): boolean {
  return !response.req.complete && !response.headersSent;
}

function ignore(): void {}
