import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Scope } from "../../services/access.js";
import type { AppEnv } from "../env.js";

/** In the app's router, paths begin with `/management`. */
const SURFACE_PREFIX = "/management".length;

/** Checks, in this order, key, scope, onboarding and rate limit (B-2). */
export function authorize(scope: Scope): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    const { access, managementRate } = c.get("services");
    const caller = access.management(c.req.header("Authorization"), scope);
    c.get("inProgress").keyPrefix = caller.key.prefix;
    const method = c.req.method === "HEAD" ? "GET" : c.req.method;
    managementRate.check(caller.key.id, `${method} ${routePath(c).slice(SURFACE_PREFIX)}`);
    c.set("caller", caller);
    return next();
  };
}
