import { Hono } from "hono";
import type { RouterRoute } from "hono/types";
import { GatewayError } from "../domain/errors.js";
import type { Surface } from "../domain/journal.js";
import { control } from "./control/app.js";
import { METHODS } from "./dedicated/deployment-paths.js";
import type { AppContext, AppEnv, WorldLookup } from "./env.js";
import { respondError } from "./errors.js";
import type { FetchApp } from "./fetch.js";
import type { Guard } from "./middleware/guard.js";
import { journal } from "./middleware/journal.js";
import { routedPath, selectWorld } from "./middleware/world.js";
import { json } from "./respond.js";
import { SurfaceRouter } from "./surface-router.js";

/** The emulator as one function, `fetch`. */
export interface App extends FetchApp {
  /** All routes, with the surface before the path. */
  routes(): Promise<readonly RouterRoute[]>;
}

/**
 * The emulator as one function. The host and the path of a request decide which surface answers; see {@link routedPath}.
 * The control API is there from the start. The first request to any other surface loads all of them.
 * @param guard looks at every request that comes over a socket; lets all of them pass when absent
 */
export function createApp(worlds: WorldLookup, guard?: Guard): App {
  const app = new Hono<AppEnv>({ getPath: routedPath, router: new SurfaceRouter() });

  app.use(selectWorld(worlds));
  app.use(journal);

  app.route("/control", control);

  let loaded = false;
  let loading: Promise<void> | null = null;
  const load = async (): Promise<void> => {
    const { addSurfaces } = await import("./surfaces.js");
    addSurfaces(app);
    app.get("/management/v1/spec", description);
    loaded = true;
  };
  const allLoaded = (): Promise<void> => {
    loading ??= load();
    return loading;
  };
  const routes = async (): Promise<readonly RouterRoute[]> => {
    await allLoaded();
    return app.routes;
  };
  const description = async (c: AppContext): Promise<Response> => {
    const { openApi } = await import("./description/openapi.js");
    return json(c, await openApi(await routes(), c.get("emulator").version));
  };
  app.get("/control/_emulator/openapi.json", description);

  app.onError((cause, c) => respondError(c, cause));
  app.notFound((c) => respondError(c, notRouted(app, c)));

  return {
    routes,
    fetch(request, env) {
      // Before routing, and no middleware of Hono: it would cost every request a promise.
      const preflight = guard?.check(request, env);
      if (preflight) return preflight;
      if (loaded || routedPath(request, { env }).startsWith("/control/")) return app.fetch(request, env);
      return allLoaded().then(() => app.fetch(request, env));
    },
  };
}

/** 405 where the path has other methods, else 404. */
function notRouted(app: Hono<AppEnv>, c: AppContext): GatewayError {
  const { surface, path } = c.get("destination");
  const matched = METHODS.flatMap((method) =>
    app.router.match(method, `/${surface}${path}`)[0].map(([[, route]]) => route),
  );
  const allowed = app.routes
    .filter((route) => route.method !== "ALL" && matched.includes(route))
    .flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  if (allowed.length > 0) {
    return new GatewayError("method_not_allowed", { headers: { Allow: [...new Set(allowed)].join(", ") } });
  }
  return new GatewayError("unknown_path", { hint: UNKNOWN_PATHS[surface](path) });
}

/** What there is, for a path that no route has. */
const UNKNOWN_PATHS: Readonly<Record<Surface, (path: string) => string>> = {
  management: (path) => `no management route ${path}; the description is at /v1/spec`,
  inference: (path) =>
    `no inference route ${path}; there are POST /v1/chat/completions, POST /v1/messages and GET /v1/models, and /_emulator/health for the emulator itself`,
  dedicated: (path) =>
    `no route ${path} on a model's host; there are /environments/{env}/predict, /deployment/{id}/predict and their siblings`,
  cloudflare: (path) =>
    `no route ${path} on the AI Gateway's host; there are /v1/{account}/{gateway}/baseten/v1/chat/completions and /v1/{account}/{gateway}/compat/chat/completions`,
  control: (path) => `no control route ${path}; the description is at /_emulator/openapi.json`,
};
