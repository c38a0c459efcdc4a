import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** Host and path as the client sent them. */
export interface RequestTarget {
  readonly host: string;
  /** With the query. */
  readonly path: string;
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
  const { path, host } = targetOf(incoming);
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
  return { host, path };
}

/** A target in absolute form, which proxies are sent: host, and path with query. */
const ABSOLUTE_FORM = /^https?:\/\/(?:[^/?#@]*@)?([^/?#@]*)(.*)$/i;

/** Host and path of a request, as they came. The host of a target in absolute form wins (Y-74). */
export function targetOf(incoming: IncomingMessage | Http2ServerRequest): RequestTarget {
  const host = ("authority" in incoming ? incoming.authority : incoming.headers.host) ?? "";
  const path = incoming.url ?? "/";
  if (path.startsWith("/") || incoming.httpVersionMajor === 2) return { host, path };
  const [, targetHost, rest = ""] = ABSOLUTE_FORM.exec(path) ?? [];
  if (targetHost === undefined) return { host, path };
  return { host: targetHost, path: rest.startsWith("/") ? rest : `/${rest}` };
}
