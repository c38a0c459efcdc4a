import { getRequestListener } from "@hono/node-server";
import type { AppEnv } from "../env.js";
import type { FetchApp } from "../fetch.js";
import { connectionOf, type NodeBindings } from "./connection.js";
import { type Drain, drainable } from "./drain.js";
import { listen } from "./listen.js";
import { type RequestTarget, takeOddTarget, targetOf } from "./target.js";
import { type Listener, TwoProtocolServer } from "./two-protocols.js";
import { closeAfterUnread } from "./unread.js";

/** Header blocks above this are refused by Node itself; keys and metadata fit many times. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Longer than clients keep a connection in their pool, so that they, not we, end it. */
const KEEP_ALIVE_MS = 75_000;

export interface HttpServerOptions {
  /**
   * Lets node-server replace the global `Request` and `Response` by light ones of its own, which answer twice as fast.
   * Only in a process of ours: never in one that somebody else runs tests in.
   */
  readonly ownsProcess: boolean;
  /** Called again and again while the server closes, to end answers that would never end by themselves. */
  readonly giveUp: () => void;
}

/** A server of HTTP/1.1 and HTTP/2 for the app. */
export class HttpServer {
  readonly #server: TwoProtocolServer;
  /** Closes it: no new connections, answers under way to their end, idle connections at once. */
  readonly drain: Drain;

  constructor(app: FetchApp, { ownsProcess, giveUp }: HttpServerOptions) {
    const oddTargets = new WeakMap<object, RequestTarget>();
    const respond = getRequestListener(
      (request, env) => {
        const node = env as NodeBindings;
        const target = oddTargets.get(node.incoming) ?? targetOf(node.incoming);
        const bindings: AppEnv["Bindings"] = { connection: connectionOf(node), target };
        return closeAfterUnread(app.fetch(request, bindings), node);
      },
      {
        hostname: "localhost",
        overrideGlobalObjects: ownsProcess,
        errorHandler: () => new Response(null, { status: 400 }),
      },
    );
    const listener: Listener = (incoming, outgoing) => {
      const target = takeOddTarget(incoming);
      if (target) oddTargets.set(incoming, target);
      return respond(incoming, outgoing);
    };
    this.#server = new TwoProtocolServer(
      { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
      listener,
    );
    // Bytes that are not HTTP have no surface; the connection gets a bare 400 and ends.
    this.#server.on("clientError", (_error, socket) => {
      if (socket.writable)
        socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      else socket.destroy();
    });
    this.drain = drainable(this.#server, giveUp);
  }

  /**
   * @param port 0 picks a free one
   * @returns the port it listens on
   * @throws ListenError that says what to change
   */
  listen(port: number, host: string): Promise<number> {
    return listen(this.#server, port, host);
  }
}
