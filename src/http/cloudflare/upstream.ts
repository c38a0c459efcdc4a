import { IncomingMessage } from "node:http";
import { GatewayError } from "../../domain/errors.js";
import type { DeploymentHost } from "../../domain/hosts.js";
import { DEDICATED_ROUTES } from "../dedicated/routes.js";
import { INFERENCE_ROUTES } from "../inference/routes.js";
import { type Found, RouteMap } from "../route-map.js";
import type { Call } from "../routes.js";
import { fail, settle } from "../settle.js";
import type { Attempt } from "./attempt.js";

/** A request as the gateway sends it to the provider. */
export interface UpstreamRequest {
  readonly surface: "inference" | "dedicated";
  readonly method: "GET" | "POST";
  readonly path: string;
  /** On the dedicated surface: whose host is asked. */
  readonly deployment: DeploymentHost | null;
  readonly body: Buffer;
}

/** The provider's hosts. */
const PROVIDER = new RouteMap([...INFERENCE_ROUTES, ...DEDICATED_ROUTES]);

/**
 * Headers that end at the gateway: its own, which all begin with `cf-`, what belongs to one connection, and
 * `Authorization`, which may be another upstream.
 */
const ENDS_HERE = /^(cf-.*|host|connection|content-length|transfer-encoding|expect|authorization)$/;

/**
 * Has the provider's own route answer, with a journal entry, limits and billing of its own as for any caller. The
 * answer goes to `attempt`.
 * @returns the number of that journal entry
 */
export function sendUpstream(
  call: Call,
  upstream: UpstreamRequest,
  authorization: string | undefined,
  attempt: Attempt,
): number {
  const { surface, method, path, deployment } = upstream;
  const found = PROVIDER.find(surface, method, path);
  const params = found.kind === "route" ? found.params : {};
  const inner: Call = {
    ...call,
    request: requestOf(call, upstream, authorization, attempt),
    response: attempt,
    inProgress: call.services.journal.begin(surface, method, path),
    deployment,
    param: (name) => params[name] ?? "",
  };
  void answer(inner, found).then(() => attempt.returned());
  return inner.inProgress.seq;
}

async function answer(call: Call, found: Found): Promise<void> {
  try {
    switch (found.kind) {
      case "route":
        if ("raw" in found.route) return await found.route.raw(call);
        return await settle(call, await found.route.handler(call));
      case "method":
        throw new GatewayError("method_not_allowed");
      case "nothing":
        throw new GatewayError("unknown_path");
    }
  } catch (cause) {
    await fail(call, cause);
  }
}

/** A request that has arrived whole. */
function requestOf(
  call: Call,
  { method, path, body }: UpstreamRequest,
  authorization: string | undefined,
  attempt: Attempt,
): IncomingMessage {
  const request = new IncomingMessage(attempt.socket);
  request.method = method;
  request.url = path;
  const headers: IncomingMessage["headers"] = {};
  for (const [name, value] of Object.entries(call.request.headers)) {
    if (!ENDS_HERE.test(name)) headers[name] = value;
  }
  if (authorization !== undefined) headers.authorization = authorization;
  request.headers = headers;
  request.complete = true;
  if (body.length > 0) request.push(body);
  request.push(null);
  return request;
}
