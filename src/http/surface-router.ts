import type { Result, Router } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { operationOf } from "./description/describe.js";

/**
 * One of Hono's routers for each surface. A single router would use the slow trie for all surfaces, because the fast one
 * does not support some paths of the control API and of dedicated hosts.
 */
export class SurfaceRouter<T extends readonly [handler: object, ...unknown[]]> implements Router<T> {
  readonly name = "SurfaceRouter";
  readonly #bySurface = new Map<string, Router<T>>();
  /** Middleware of every surface, in order. */
  readonly #shared: (readonly [method: string, path: string, handler: T])[] = [];

  /** @param path begins with the surface, or is `/*` */
  add(method: string, path: string, handler: T): void {
    // No request passes through what only describes a route.
    if (operationOf(handler[0])) return;
    const surface = surfaceOf(path);
    if (surface !== "*") {
      this.#routerOf(surface).add(method, path, handler);
      return;
    }
    this.#shared.push([method, path, handler]);
    for (const router of this.#bySurface.values()) router.add(method, path, handler);
  }

  match(method: string, path: string): Result<T> {
    return this.#routerOf(surfaceOf(path)).match(method, path);
  }

  #routerOf(surface: string): Router<T> {
    let router = this.#bySurface.get(surface);
    if (!router) {
      router = new SmartRouter<T>({ routers: [new RegExpRouter(), new TrieRouter()] });
      for (const shared of this.#shared) router.add(...shared);
      this.#bySurface.set(surface, router);
    }
    return router;
  }
}

function surfaceOf(path: string): string {
  const end = path.indexOf("/", 1);
  return end < 0 ? path.slice(1) : path.slice(1, end);
}
