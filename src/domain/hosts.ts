import type { Surface } from "./journal.js";

/** What a request is for: the surface, and the path as that surface knows it. */
export interface Destination {
  readonly surface: Surface;
  readonly path: string;
}

/** The emulator's own paths. */
const CONTROL = "/_emulator";
/** `/_host/<hostname>/...` stands for any `Host` header, for resolvers that do not know `*.localhost`. */
const HOST_PREFIX = "/_host/";

/** First path segments below `/v1/` that the management API owns on the plain host. */
const MANAGEMENT_SEGMENTS = new Set(["gateway", "spec", "users", "api_keys", "secrets", "teams"]);

/**
 * Tells the real service's hosts apart on one port: by the `Host` header, or by the `/_host/` prefix. On any
 * other host the path decides, and what the management API does not own is the inference API's.
 * @param host the `Host` header, may carry a port
 * @param path without the query
 */
export function destinationOf(host: string | undefined, path: string): Destination {
  if (path.startsWith(HOST_PREFIX)) {
    const end = path.indexOf("/", HOST_PREFIX.length);
    const named = end < 0 ? path.slice(HOST_PREFIX.length) : path.slice(HOST_PREFIX.length, end);
    return destinationOf(named, end < 0 ? "/" : path.slice(end));
  }
  if (path === CONTROL || path.startsWith(`${CONTROL}/`)) return { surface: "control", path };
  const surface = host === undefined ? null : surfaceOfHost(host);
  return { surface: surface ?? surfaceOfPath(path), path };
}

function surfaceOfHost(host: string): Surface | null {
  const label = host.slice(0, host.indexOf(".") + 1).toLowerCase();
  if (label === "api.") return "management";
  if (label === "inference.") return "inference";
  return null;
}

function surfaceOfPath(path: string): Surface {
  if (!path.startsWith("/v1/")) return "inference";
  const end = path.indexOf("/", "/v1/".length);
  const segment = end < 0 ? path.slice("/v1/".length) : path.slice("/v1/".length, end);
  return MANAGEMENT_SEGMENTS.has(segment) ? "management" : "inference";
}
