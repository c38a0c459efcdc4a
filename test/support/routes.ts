import type { Surface } from "../../src/domain/journal.js";
import { createApp } from "../../src/http/app.js";
import { describedPath } from "../../src/http/description/openapi.js";
import type { WorldLookup } from "../../src/http/env.js";

/** A route as the app registers it. */
export interface Route {
  readonly surface: Surface;
  readonly method: string;
  /** Hono's pattern, as clients of the surface know it. */
  readonly path: string;
  /** The same as an API description writes it. */
  readonly described: string;
}

/** Routes are there before any world is. */
const NO_WORLDS: WorldLookup = {
  get first(): never {
    throw new Error("routes are listed, not asked");
  },
  several: false,
  named() {
    throw new Error("routes are listed, not asked");
  },
  ofCaller() {
    throw new Error("routes are listed, not asked");
  },
};

/** Every route of `app.routes`, middleware left out, each once. */
export const ROUTES: readonly Route[] = await registered();

async function registered(): Promise<Route[]> {
  const routes = new Map<string, Route>();
  for (const { method, path } of await createApp(NO_WORLDS).routes()) {
    // What `use` registers is for every method and path.
    if (method === "ALL") continue;
    const [, surface = "", rest = ""] = /^\/(\w+)(\/.*)$/.exec(path) ?? [];
    routes.set(`${method} ${path}`, {
      surface: surface as Surface,
      method,
      path: rest,
      described: describedPath(path),
    });
  }
  return [...routes.values()];
}
