import type { Http2ServerResponse, Http2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Deadlines } from "./deadlines.js";
import type { UnderWay } from "./under-way.js";

/** An error code of RFC 9113 section 7: nothing was done with the request. */
const REFUSED_STREAM = 0x07;

/**
 * A connection without one whole request ends after this many sweeps: its preface, its SETTINGS or the HEADERS of its
 * first stream never end, or it only keeps a place (Y-71).
 */
const FIRST_REQUEST_SWEEPS = 30;
/** A connection that had requests is kept as long as one of HTTP/1.1. */
const IDLE_SWEEPS = 75;

/** The HTTP/2 sessions of a server, and the streams on them whose request has a complete head. */
export class Http2Sessions {
  readonly #deadlines: Deadlines;
  readonly #sockets = new WeakSet<Socket>();
  /** How many streams of each are under way. */
  readonly #sessions = new Map<Http2Session, number>();
  readonly #streams = new Map<ServerHttp2Stream, Http2ServerResponse>();

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** A connection that began with HTTP/2's preface. */
  expect(socket: Socket): void {
    this.#sockets.add(socket);
  }

  /** Whether the connection speaks HTTP/2. */
  has(socket: Socket): boolean {
    return this.#sockets.has(socket);
  }

  /** Sessions that are open. */
  get size(): number {
    return this.#sessions.size;
  }

  open(session: Http2Session): void {
    this.#sessions.set(session, 0);
    this.#deadlines.set(session, FIRST_REQUEST_SWEEPS);
    session.once("close", () => {
      this.#sessions.delete(session);
      this.#deadlines.lift(session);
    });
  }

  /** A request whose head is there. */
  add(response: Http2ServerResponse): void {
    const { stream } = response;
    const { session } = stream;
    if (!session) return;
    this.#streams.set(stream, response);
    this.#sessions.set(session, (this.#sessions.get(session) ?? 0) + 1);
    this.#deadlines.lift(session);
    stream.once("close", () => this.#remove(stream, session));
  }

  /** Accepts no more streams. */
  close(): void {
    for (const session of this.#sessions.keys()) session.close();
  }

  /** Refuses requests that have not arrived whole, and ends sessions that have no others. */
  endIncomplete(): void {
    for (const [stream, response] of this.#streams) {
      if (!response.req.complete && !response.headersSent) stream.close(REFUSED_STREAM);
    }
    for (const [session, streams] of this.#sessions) {
      // Closed sessions say so to their client first.
      if (streams === 0 && session.closed) session.destroy();
    }
  }

  get underWay(): UnderWay {
    let streams = 0;
    for (const response of this.#streams.values()) {
      if (response.headersSent && !response.hasHeader("content-length")) streams++;
    }
    return { streams, requests: this.#streams.size - streams };
  }

  #remove(stream: ServerHttp2Stream, session: Http2Session): void {
    this.#streams.delete(stream);
    const left = (this.#sessions.get(session) ?? 1) - 1;
    if (session.destroyed) return;
    this.#sessions.set(session, left);
    if (left === 0) this.#deadlines.set(session, IDLE_SWEEPS);
  }
}
