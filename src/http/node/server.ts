import { getRequestListener } from "@hono/node-server";
import type { AppEnv } from "../env.js";
import type { FetchApp } from "../fetch.js";
import { connectionOf, type NodeBindings } from "./connection.js";
import { listen } from "./listen.js";
import { type RequestTarget, takeOddTarget, targetOf } from "./target.js";
import { type Listener, TwoProtocolServer } from "./two-protocols.js";
import { closeAfterUnread } from "./unread.js";

/** Longer than clients keep a connection in their pool, so that they, not we, end it. */
const KEEP_ALIVE_MS = 75_000;
/** From the first byte of a request to the end of its head. Node looks in its own real time, milliseconds. */
const HEAD_MS = 30_000;
/** To the end of its body: uploads of snapshots are long. */
const REQUEST_MS = 300_000;
/** How often Node looks for requests above both. */
const CHECK_MS = 5_000;

export interface ServeOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host: string;
  /**
   * Lets node-server replace the global `Request` and `Response` by light ones of its own, which answer twice as fast.
   * Only in a process of ours: never in one that somebody else runs tests in.
   */
  readonly ownsProcess: boolean;
  /** Larger header blocks are 431. */
  readonly maxHeaderBytes: number;
  /** See {@link TwoProtocolServer}. */
  readonly sweepMs?: number | undefined;
}

/** A server that listens. */
export interface Serving {
  readonly port: number;
  readonly server: TwoProtocolServer;
}

/**
 * Serves the app over HTTP/1.1 and HTTP/2.
 * @throws ListenError that says what to change
 */
export async function serve(
  app: FetchApp,
  { port, host, ownsProcess, maxHeaderBytes, sweepMs }: ServeOptions,
): Promise<Serving> {
  const oddTargets = new WeakMap<object, RequestTarget>();
  const respond = getRequestListener(
    (request, env) => {
      const node = env as NodeBindings;
      const target = oddTargets.get(node.incoming) ?? targetOf(node.incoming);
      const bindings: AppEnv["Bindings"] = { connection: connectionOf(node), target };
      return closeAfterUnread(app.fetch(request, bindings), node, server);
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
    {
      maxHeaderSize: maxHeaderBytes,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEAD_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: CHECK_MS,
      sweepMs,
    },
    listener,
  );
  return { port: await listen(server, port, host), server };
}
