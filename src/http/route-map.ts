import type { Params, Result } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import type { Surface } from "../domain/journal.js";
import type { Method, Route } from "./routes.js";

/** What the map says about a request. */
export type Found =
  | { readonly kind: "route"; readonly route: Route; readonly params: Params }
  /** The path exists, but not with this method; these do. */
  | { readonly kind: "method"; readonly allowed: readonly string[] }
  | { readonly kind: "nothing" };

/** One path of a surface with what can be done there. */
type Place = ReadonlyMap<Method, Route>;

const NOTHING: Found = { kind: "nothing" };
/** Places are looked up whatever the method, to tell a wrong one from an unknown path. */
const ANY = "ALL";

/**
 * The map from surface, method and path to route, by hono's routers: one per surface, so that the few fixed
 * paths of the inference host cost one look-up.
 */
export class RouteMap {
  readonly #surfaces = new Map<Surface, SmartRouter<Place>>();

  constructor(routes: readonly Route[]) {
    const places = new Map<Surface, Map<string, Map<Method, Route>>>();
    for (const route of routes) {
      const paths = places.get(route.surface) ?? new Map<string, Map<Method, Route>>();
      const place = paths.get(route.path) ?? new Map<Method, Route>();
      places.set(route.surface, paths.set(route.path, place.set(route.method, route)));
    }
    for (const [surface, paths] of places) {
      const router = new SmartRouter<Place>({ routers: [new RegExpRouter(), new TrieRouter()] });
      for (const [path, place] of paths) router.add(ANY, path, place);
      this.#surfaces.set(surface, router);
    }
  }

  /** HEAD goes where GET goes. */
  find(surface: Surface, method: string, path: string): Found {
    const matched = this.#surfaces.get(surface)?.match(ANY, path);
    if (!matched || matched[0].length === 0) return NOTHING;
    const wanted = method === "HEAD" ? "GET" : method;
    for (const [index, [place]] of matched[0].entries()) {
      const route = isMethod(wanted) ? place.get(wanted) : undefined;
      if (route) return { kind: "route", route, params: paramsOf(matched, index) };
    }
    const allowed = matched[0].flatMap(([place]) => [...place.keys()]);
    return {
      kind: "method",
      allowed: allowed.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name])),
    };
  }
}

function isMethod(text: string): text is Method {
  return text === "GET" || text === "POST" || text === "PATCH" || text === "PUT" || text === "DELETE";
}

/** hono's routers answer parameters as they are, or as places in a list. */
function paramsOf(matched: Result<Place>, index: number): Params {
  const [, names] = matched[0][index] ?? [];
  const list = matched[1];
  const params: Params = {};
  for (const [name, value] of Object.entries(names ?? {})) {
    params[name] = decoded(typeof value === "string" ? value : (list?.[value] ?? ""));
  }
  return params;
}

/** What is not valid percent-encoding stays as it stands; nothing has such a name. */
function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
