import type { IncomingMessage } from "node:http";
import { GatewayError } from "../domain/errors.js";
import { destinationOf, worldOf } from "../domain/hosts.js";
import type { Surface } from "../domain/journal.js";
import { pathWithoutKey } from "../domain/keys.js";
import { CLOUDFLARE_ROUTES } from "./cloudflare/routes.js";
import { CONTROL_ROUTES } from "./control/routes.js";
import { DEDICATED_ROUTES } from "./dedicated/routes.js";
import { INFERENCE_ROUTES } from "./inference/routes.js";
import { MANAGEMENT_ROUTES } from "./management/routes.js";
import type { Outgoing } from "./outgoing.js";
import { RouteMap } from "./route-map.js";
import type { Call, Route, Tenant, Tenants } from "./routes.js";
import { fail, settle } from "./settle.js";

/** Every route of every surface: the map that the coverage table is checked against. */
export const ROUTES: readonly Route[] = [
  ...MANAGEMENT_ROUTES,
  ...INFERENCE_ROUTES,
  ...DEDICATED_ROUTES,
  ...CLOUDFLARE_ROUTES,
  ...CONTROL_ROUTES,
];

const NO_QUERY = new URLSearchParams();

/** Answers one request; never rejects. */
export type App = (request: IncomingMessage, response: Outgoing) => Promise<void>;

/**
 * Finds world, surface, path and route of each request and hands it over. Answers go straight to Node's response:
 * an adapter in between costs a tenth of the requests that a core can answer.
 */
export function createApp(tenants: Tenants): App {
  const map = new RouteMap(ROUTES);
  return async (request, response) => {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const method = request.method ?? "GET";
    const { world, path: inWorld } = worldOf(mark < 0 ? url : url.slice(0, mark));
    const { surface, path, deployment } = destinationOf(request.headers.host, inWorld);
    const { tenant, lost } = tenantOf(tenants, world, surface, request.headers.authorization);
    const { services, emulator } = tenant;
    const found = map.find(surface, method, path);
    const params = found.kind === "route" ? found.params : {};
    const call: Call = {
      request,
      response,
      services,
      emulator,
      deployment,
      inProgress: services.journal.begin(surface, method, pathWithoutKey(path)),
      query: mark < 0 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1)),
      param: (name) => params[name] ?? "",
    };
    try {
      if (lost) throw lost;
      switch (found.kind) {
        case "route":
          return await serve(call, found.route);
        case "method":
          throw new GatewayError("method_not_allowed", { headers: { Allow: found.allowed.join(", ") } });
        case "nothing":
          throw new GatewayError("unknown_path", { hint: unknownPathHint(surface, pathWithoutKey(path)) });
      }
    } catch (cause) {
      await fail(call, cause);
    }
  };
}

/** The world by its name in the path, else by the caller's key; what asks for one that is not there is the first's to refuse. */
function tenantOf(
  tenants: Tenants,
  world: string | null,
  surface: Surface,
  authorization: string | undefined,
): { readonly tenant: Tenant; readonly lost: unknown } {
  try {
    if (world !== null) return { tenant: tenants.named(world), lost: null };
    const byKey = tenants.several && surface !== "control";
    return { tenant: byKey ? tenants.ofCaller(authorization) : tenants.first, lost: null };
  } catch (lost) {
    return { tenant: tenants.first, lost };
  }
}

async function serve(call: Call, route: Route): Promise<void> {
  if ("raw" in route) return route.raw(call);
  return settle(call, await route.handler(call));
}

function unknownPathHint(surface: Surface, path: string): string {
  switch (surface) {
    case "management":
      return `no management route ${path}; the description is at /v1/spec`;
    case "inference":
      return `no inference route ${path}; there are POST /v1/chat/completions, POST /v1/messages and GET /v1/models, and /_emulator/health for the emulator itself`;
    case "dedicated":
      return `no route ${path} on a model's host; there are /environments/{env}/predict, /deployment/{id}/predict and their siblings`;
    case "cloudflare":
      return `no route ${path} on the AI Gateway's host; there are /v1/{account}/{gateway}/baseten/v1/chat/completions and /v1/{account}/{gateway}/compat/chat/completions`;
    case "control":
      return `no control route ${path}; the description is at /_emulator/openapi.json`;
  }
}
