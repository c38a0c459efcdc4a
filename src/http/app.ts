import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { GatewayError } from "../domain/errors.js";
import type { Surface } from "../domain/journal.js";
import { FEDERATED_PREFIX_LENGTH } from "../domain/keys.js";
import { CONTROL_ROUTES } from "./control/routes.js";
import { INFERENCE_ROUTES } from "./inference/routes.js";
import { MANAGEMENT_ROUTES } from "./management/routes.js";
import type { App, Call, Env, Route } from "./routes.js";
import { fail, settle } from "./settle.js";

/** Every route of every surface: the map that the coverage table is checked against. */
export const ROUTES: readonly Route[] = [...MANAGEMENT_ROUTES, ...INFERENCE_ROUTES, ...CONTROL_ROUTES];

/** One map per surface: the few fixed paths of the inference host then cost one look-up. */
export type Apps = Readonly<Record<Surface, App>>;

export function createApps(): Apps {
  return {
    management: createApp("management"),
    inference: createApp("inference"),
    control: createApp("control"),
  };
}

/** Hono as the map from method and path to handler; answers go straight to Node's response. */
function createApp(surface: Surface): App {
  const app = new Hono<Env>({ getPath: (_request, options) => options?.env?.path ?? "/" });
  const routes = ROUTES.filter((route) => route.surface === surface);
  const paths = new Map<string, string[]>();
  for (const route of routes) {
    app.on(route.method, route.path, (context) => serve(context, route));
    paths.set(route.path, [...(paths.get(route.path) ?? []), route.method]);
  }
  for (const [path, methods] of paths) {
    app.all(path, (context) =>
      refuse(context, new GatewayError("method_not_allowed", { headers: { Allow: allowed(methods) } })),
    );
  }
  app.notFound((context) =>
    refuse(context, new GatewayError("unknown_path", { hint: unknownPathHint(context) })),
  );
  return app;
}

/** HEAD comes with GET, as hono routes it. */
function allowed(methods: readonly string[]): string {
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
}

async function serve(context: Context<Env>, route: Route): Promise<Response> {
  const call = callOf(context, route.surface);
  if ("raw" in route) {
    await route.raw(call);
    return RESPONSE_ALREADY_SENT;
  }
  try {
    await settle(call, await route.handler(call));
  } catch (cause) {
    await fail(call, cause);
  }
  return RESPONSE_ALREADY_SENT;
}

async function refuse(context: Context<Env>, error: GatewayError): Promise<Response> {
  await fail(callOf(context, context.env.surface), error);
  return RESPONSE_ALREADY_SENT;
}

function callOf(context: Context<Env>, surface: Surface): Call {
  const { incoming, outgoing, services, query, emulator } = context.env;
  return {
    request: incoming,
    response: outgoing,
    services,
    exchange: services.journal.begin(surface, incoming.method ?? "GET", withoutKeys(context.env.path)),
    query,
    emulator,
    param: (name) => context.req.param(name) ?? "",
  };
}

/** A path as the journal keeps it: where a key's prefix belongs, somebody may have put the whole key. */
function withoutKeys(path: string): string {
  return path.includes("/api_keys/") ? path.replace(KEY_IN_PATH, "$1") : path;
}

const KEY_IN_PATH = new RegExp(`(/api_keys/[^/]{${FEDERATED_PREFIX_LENGTH}})[^/]+`);

function unknownPathHint(context: Context<Env>): string {
  const { surface, path } = context.env;
  switch (surface) {
    case "management":
      return `no management route ${path}; the description is at /v1/spec`;
    case "inference":
      return `no inference route ${path}; there are POST /v1/chat/completions, POST /v1/messages and GET /v1/models, and /_emulator/health for the emulator itself`;
    case "control":
      return `no control route ${path}; the description is at /_emulator/openapi.json`;
  }
}
