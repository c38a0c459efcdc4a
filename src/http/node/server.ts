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

export interface ServeOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host: string;
  /**
   * Lets node-server replace the global `Request` and `Response` by light ones of its own, which answer twice as fast.
   * Only in a process of ours: never in one that somebody else runs tests in.
   */
  readonly ownsProcess: boolean;
  /** Called again and again while the server closes, to end answers that would never end by themselves. */
  readonly giveUp: () => void;
}

/**
 * Serves the app over HTTP/1.1 and HTTP/2.
 * @returns the port it listens on, and what closes it
 * @throws ListenError that says what to change
 */
export async function serve(
  app: FetchApp,
  { port, host, ownsProcess, giveUp }: ServeOptions,
): Promise<{ readonly port: number; readonly drain: Drain }> {
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
  const server = new TwoProtocolServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    listener,
  );
  // Bytes that are not HTTP have no surface; the connection gets a bare answer and ends.
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const status =
      error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else socket.destroy();
  });
  const drain = drainable(server, giveUp);
  return { port: await listen(server, port, host), drain };
}
