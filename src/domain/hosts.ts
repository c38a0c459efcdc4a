import type { Surface } from "./journal.js";

/** A model or chain with a host of its own (inference §5). */
export interface DeploymentHost {
  readonly kind: "model" | "chain";
  /** What stands between `model-` and `.api`, in lower case, as a host name is: an id, or `<id>-<environment>`. */
  readonly label: string;
}

/** What a request is for: the surface, and the path as that surface knows it. */
export interface Destination {
  readonly surface: Surface;
  readonly path: string;
  /** On the dedicated surface: whose host it is. */
  readonly deployment: DeploymentHost | null;
}

/** `/_worlds/<name>/...` stands for the same path in another world. */
const WORLD_PREFIX = "/_worlds/";

/** @returns the world that a path names, or null, and the path as that world knows it */
export function worldOf(path: string): { readonly world: string | null; readonly path: string } {
  if (!path.startsWith(WORLD_PREFIX)) return { world: null, path };
  const end = path.indexOf("/", WORLD_PREFIX.length);
  if (end < 0) return { world: path.slice(WORLD_PREFIX.length), path: "/" };
  return { world: path.slice(WORLD_PREFIX.length, end), path: path.slice(end) };
}

/** The emulator's own paths. */
const CONTROL = "/_emulator";
/** `/_host/<hostname>/...` stands for any `Host` header, for resolvers that do not know `*.localhost`. */
const HOST_PREFIX = "/_host/";
/** `model-<id>.api.…`, regional `model-<id>-<env>.api.…`, chains alike (inference §5). */
const DEPLOYMENT_LABEL = /^(model|chain)-([a-z0-9_-]+)$/;
/** Cloudflare's AI Gateway (inference §6). */
const CLOUDFLARE = "gateway.ai.";

/** First path segments below `/v1/` that the management API owns on the plain host. */
const MANAGEMENT_SEGMENTS = new Set([
  "gateway",
  "spec",
  "users",
  "api_keys",
  "secrets",
  "teams",
  "model_apis",
]);
/** What lies below this one is the management API's alone; itself both have. */
const MODELS_BELOW = "/v1/models/";

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
  if (path === CONTROL || path.startsWith(`${CONTROL}/`))
    return { surface: "control", path, deployment: null };
  return (
    (host === undefined ? null : byHost(host, path)) ?? {
      surface: surfaceOfPath(path),
      path,
      deployment: null,
    }
  );
}

function byHost(host: string, path: string): Destination | null {
  const name = host.toLowerCase();
  const label = name.slice(0, Math.max(0, name.indexOf(".")));
  if (label === "api") return { surface: "management", path, deployment: null };
  if (label === "inference") return { surface: "inference", path, deployment: null };
  if (name.startsWith(CLOUDFLARE)) return { surface: "cloudflare", path, deployment: null };
  const [, kind, id] = DEPLOYMENT_LABEL.exec(label) ?? [];
  if (id === undefined) return null;
  return {
    surface: "dedicated",
    path,
    deployment: { kind: kind === "chain" ? "chain" : "model", label: id },
  };
}

function surfaceOfPath(path: string): Surface {
  if (!path.startsWith("/v1/")) return "inference";
  if (path.startsWith(MODELS_BELOW) && path.length > MODELS_BELOW.length) return "management";
  const end = path.indexOf("/", "/v1/".length);
  const segment = end < 0 ? path.slice("/v1/".length) : path.slice("/v1/".length, end);
  return MANAGEMENT_SEGMENTS.has(segment) ? "management" : "inference";
}
