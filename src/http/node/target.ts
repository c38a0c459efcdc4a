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
  const inOriginForm = path === incoming.url;
  if (plainPath && plainHost && inOriginForm) return null;
  if (!inOriginForm) {
    incoming.url = path;
    incoming.headers.host = host;
  }
  if (!plainPath) {
    const query = path.indexOf("?");
    incoming.url = query < 0 ? "/" : `/${path.slice(query)}`;
  }
  if (!plainHost) {
    incoming.headers[incoming.httpVersionMajor === 2 ? ":authority" : "host"] = "localhost";
  }
  return target;
}

/** A target in absolute form, which proxies are sent: host, and path with query. */
const ABSOLUTE_FORM = /^https?:\/\/(?:[^/?#@]*@)?([^/?#@]*)(.*)$/i;

/** Host and path of a request, as they came. The host of a target in absolute form wins (Y-74). */
export function targetOf(incoming: IncomingMessage | Http2ServerRequest): RequestTarget {
  const { headers } = incoming;
  const host = ("authority" in incoming && incoming.authority) || headers.host || "";
  const fetchSite = headers["sec-fetch-site"] as string | undefined;
  const target = { host, path: incoming.url ?? "/", origin: headers.origin, fetchSite };
  if (target.path.startsWith("/") || incoming.httpVersionMajor === 2) return target;
  const [, targetHost, rest = ""] = ABSOLUTE_FORM.exec(target.path) ?? [];
  if (targetHost === undefined) return target;
  return { ...target, host: targetHost, path: rest.startsWith("/") ? rest : `/${rest}` };
}
