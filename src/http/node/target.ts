import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** Host and path as the client sent them. */
export interface RequestTarget {
  readonly host: string;
  /** With the query. */
  readonly path: string;
  /** The `Origin` header, which browsers send. */
  readonly origin?: string | undefined;
  /** The `Sec-Fetch-Site` header, which browsers send: how the page relates to the host. */
  readonly fetchSite?: string | undefined;
}

/** Paths and hosts that a URL holds exactly as they are. */
const PLAIN_PATH = /^\/[!$&-.0-;=@-Z_a-z~/]*(?:\?.*)?$/;
const DOT_SEGMENT = /\/\.{1,2}(?:[/?]|$)/;
const PLAIN_HOST = /^[a-z0-9._-]+(?::\d{1,4})?$/i;

/**
 * The target of a request that a URL would change: it resolves dot segments, and refuses some hosts. The app routes by
 * the target as it came, so that it answers those as the real hosts do; the URL of such a request keeps the query alone.
 * @returns null when the URL is the target
 */
export function takeOddTarget(incoming: IncomingMessage | Http2ServerRequest): RequestTarget | null {
  const target = targetOf(incoming);
  const { path, host } = target;
  const plainPath = PLAIN_PATH.test(path) && !(path.includes("/.") && DOT_SEGMENT.test(path));
  const plainHost = PLAIN_HOST.test(host);
  if (plainPath && plainHost) return null;
  if (!plainPath) {
    const query = path.indexOf("?");
    incoming.url = query < 0 ? "/" : `/${path.slice(query)}`;
  }
  if (!plainHost) {
    incoming.headers[incoming.httpVersionMajor === 2 ? ":authority" : "host"] = "localhost";
  }
  return target;
}

/** Host and path of a request, as they came. */
export function targetOf(incoming: IncomingMessage | Http2ServerRequest): RequestTarget {
  const { headers } = incoming;
  const host = ("authority" in incoming && incoming.authority) || headers.host || "";
  const fetchSite = headers["sec-fetch-site"] as string | undefined;
  return { host, path: incoming.url ?? "/", origin: headers.origin, fetchSite };
}
