import type { MiddlewareHandler } from "hono";
import { GatewayError } from "../../domain/errors.js";
import { destinationOf, worldOf } from "../../domain/hosts.js";
import type { AppEnv, ServedWorld, WorldLookup } from "../env.js";

/**
 * The path for Hono's router: the surface and its path, such as `/inference/v1/chat/completions`. So one app serves
 * every host.
 */
export function routedPath(request: Request, options?: { env?: AppEnv["Bindings"] }): string {
  const { env } = options ?? {};
  if (env?.destination) return `/${env.destination.surface}${env.destination.path}`;
  const target = env?.target ?? targetOf(request.url);
  const query = target.path.indexOf("?");
  const { world, path } = worldOf(query < 0 ? target.path : target.path.slice(0, query));
  const { surface, path: routed, deployment } = destinationOf(target.host, path);
  if (env) env.destination = { surface, path: routed, deployment, world };
  return `/${surface}${routed}`;
}

function targetOf(url: string): { readonly host: string; readonly path: string } {
  const hostAt = url.indexOf("//") + 2;
  const pathAt = url.indexOf("/", hostAt);
  const fragment = url.indexOf("#", pathAt);
  return { host: url.slice(hostAt, pathAt), path: url.slice(pathAt, fragment < 0 ? url.length : fragment) };
}

/** Selects the world: by its name in the path, else by the caller's key. */
export function selectWorld(worlds: WorldLookup): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    const { destination } = c.env;
    if (!destination) throw new Error("the app was called without bindings");
    let world: ServedWorld = worlds.first;
    let { refusal } = c.env;
    try {
      if (refusal) world = worlds.first;
      else if (destination.world !== null) world = worlds.named(destination.world);
      else if (worlds.several && destination.surface !== "control")
        world = worlds.ofCaller(c.req.header("Authorization"));
    } catch (cause) {
      if (!(cause instanceof GatewayError)) throw cause;
      refusal = cause;
    }
    if (refusal) c.set("refusal", refusal);
    c.set("destination", destination);
    c.set("services", world.services);
    c.set("emulator", world.emulator);
    return next();
  };
}
