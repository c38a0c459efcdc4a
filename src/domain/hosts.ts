import type { Surface } from "./journal.js";

/** The host of a model or chain (I-5.1a, I-5.1c). */
export interface DeploymentHost {
  readonly kind: "model" | "chain";
  /** The part between `model-` and `.api`, in lower case: an id, or `<id>-<environment>`. */
  readonly label: string;
}

/** The surface of a request, and its path on that surface. */
export interface Destination {
  readonly surface: Surface;
  readonly path: string;
  /** The model or chain of the host; null on other surfaces. */
  readonly deployment: DeploymentHost | null;
}

/** `/_worlds/<name>/...` is the same path in another world. */
const WORLD_PREFIX = "/_worlds/";

/** @returns the world that a path names, or null, and the path without the world */
export function worldOf(path: string): { readonly world: string | null; readonly path: string } {
  if (!path.startsWith(WORLD_PREFIX)) return { world: null, path };
  const end = path.indexOf("/", WORLD_PREFIX.length);
  if (end < 0) return { world: path.slice(WORLD_PREFIX.length), path: "/" };
  return { world: path.slice(WORLD_PREFIX.length, end), path: path.slice(end) };
}

const CONTROL = "/_emulator";
/** `/_host/<hostname>/...` replaces the `Host` header, for resolvers that do not know `*.localhost`. */
const HOST_PREFIX = "/_host/";
/** `model-<id>.api.…`, regional `model-<id>-<env>.api.…`; the same for chains (I-5.1a to I-5.1c). */
const DEPLOYMENT_LABEL = /^(model|chain)-([a-z0-9_-]+)$/;
/** First labels of the AI Gateway's host (I-6.1a). */
const CLOUDFLARE = "gateway.ai.";

/** First path segments under `/v1/` that belong to the management API on the plain host. */
const MANAGEMENT_SEGMENTS = new Set([
  "gateway",
  "spec",
  "users",
  "api_keys",
  "secrets",
  "teams",
  "model_apis",
]);
/** Paths under it belong to the management API; both APIs have `/v1/models`. */
const MODEL_PATHS = "/v1/models/";

/**
 * The surface of a request, by its `Host` header or `/_host/` prefix. On any other host the path decides: what does
 * not belong to the management API belongs to the inference API.
 * @param host the `Host` header, may carry a port
 * @param path without the query
 */
export function destinationOf(host: string | undefined, path: string): Destination {
  if (path.startsWith(HOST_PREFIX)) {
    const end = path.indexOf("/", HOST_PREFIX.length);
    const named = end < 0 ? path.slice(HOST_PREFIX.length) : path.slice(HOST_PREFIX.length, end);
    return destinationOf(named, end < 0 ? "/" : path.slice(end));
  }
  if (path === CONTROL || path.startsWith(`${CONTROL}/`)) return on("control", path);
  return (host === undefined ? null : byHost(host, path)) ?? on(surfaceOfPath(path), path);
}

const DIGIT_NINE = 0x39;

function byHost(host: string, path: string): Destination | null {
  // An address stands for no host. It is what most requests come to.
  if (host.charCodeAt(0) <= DIGIT_NINE) return null;
  const name = host.toLowerCase();
  const label = name.slice(0, Math.max(0, name.indexOf(".")));
  if (label === "api") return on("management", path);
  if (label === "inference") return on("inference", path);
  if (name.startsWith(CLOUDFLARE)) return on("cloudflare", path);
  const [, kind, id] = DEPLOYMENT_LABEL.exec(label) ?? [];
  if (id === undefined) return null;
  return on("dedicated", path, { kind: kind === "chain" ? "chain" : "model", label: id });
}

function on(surface: Surface, path: string, deployment: DeploymentHost | null = null): Destination {
  return { surface, path, deployment };
}

function surfaceOfPath(path: string): Surface {
  if (!path.startsWith("/v1/")) return "inference";
  if (path.startsWith(MODEL_PATHS) && path.length > MODEL_PATHS.length) return "management";
  const end = path.indexOf("/", "/v1/".length);
  const segment = end < 0 ? path.slice("/v1/".length) : path.slice("/v1/".length, end);
  return MANAGEMENT_SEGMENTS.has(segment) ? "management" : "inference";
}
