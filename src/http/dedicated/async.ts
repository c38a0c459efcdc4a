import { MAX_PAYLOAD_BYTES, payloadTooLarge } from "../../domain/async/limits.js";
import type { AsyncOptions, AsyncRequest, AsyncTarget } from "../../domain/async/request.js";
import { readAuthorization } from "../../domain/credential.js";
import { type Deployable, type Deployment, ownerOfLabel } from "../../domain/deployments.js";
import { GatewayError } from "../../domain/errors.js";
import type { DeploymentHost } from "../../domain/hosts.js";
import { asyncOptions, asyncPredictSchema } from "../../schemas/async.js";
import type { PathSelector, ResolvedDeployment } from "../../services/deployments/deployments.js";
import { type Answer, json } from "../answer.js";
import { jsonText, readBody } from "../body.js";
import { describeIssue } from "../issues.js";
import type { Call, Method, Route } from "../routes.js";
import { reach } from "./input.js";
import { PLACES } from "./places.js";
import { reachA } from "./predict.js";

/** On every answer of a deployment's host; of a new async request, its own id. */
const REQUEST_ID = "X-BASETEN-REQUEST-ID";

/** Async inference on the hosts of models and chains (inference §5). */
export const ASYNC_ROUTES: readonly Route[] = [
  ...PLACES.flatMap(({ path, place }) => [
    route("POST", `${path}/async_predict`, (call) => submit(call, place(call), "model")),
    route("POST", `${path}/async_run_remote`, (call) => submit(call, place(call), "chain")),
    route("GET", `${path}/async_queue_status`, (call) => queueStatus(call, place(call))),
  ]),
  route("GET", "/async_request/:request_id", (call) => json(200, statusOf(requested(call)))),
  route("DELETE", "/async_request/:request_id", cancel),
];

function route(method: Method, path: string, handler: (call: Call) => Answer | Promise<Answer>): Route {
  return { surface: "dedicated", method, path, handler };
}

/** Key, deployment, size, values, in this order (Y-27). */
async function submit(call: Call, place: PathSelector, kind: DeploymentHost["kind"]): Promise<Answer> {
  const reached = reachA(kind, call, place);
  const wish = await readWish(call);
  const { id } = call.services.asyncInference.submit(targetOf(reached.deployment), keyNames(reached), wish);
  return json(201, { request_id: id }, { [REQUEST_ID]: id });
}

/** The body is JSON, whatever its type says. @throws GatewayError `body_too_large`, `async_invalid` */
async function readWish(call: Call): Promise<AsyncOptions> {
  const { request, inProgress, services } = call;
  refuseLarge(Number(request.headers["content-length"] ?? 0));
  const body = await readBody(request, services.context.settings.maxBodyBytes);
  refuseLarge(body.length);
  const text = jsonText({ headers: {} }, body, refuse);
  inProgress.requestBody = text;
  const parsed = asyncPredictSchema.safeParse(parseJson(text));
  if (parsed.success) return asyncOptions(parsed.data);
  const [issue] = parsed.error.issues;
  if (!issue) return refuse("the request is invalid");
  const [path, expected] = describeIssue(issue);
  return refuse(path === "" ? expected : `${path}: ${expected}`);
}

function refuseLarge(bytes: number): void {
  if (bytes > MAX_PAYLOAD_BYTES)
    throw new GatewayError("body_too_large", { message: payloadTooLarge(bytes) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("the body is not valid JSON");
  }
}

function refuse(message: string): never {
  throw new GatewayError("async_invalid", { message });
}

function targetOf({ workspaceId, kind, ownerId, id }: Deployment): AsyncTarget {
  return { workspaceId, kind, ownerId, deploymentId: id };
}

function keyNames({ caller: { key } }: ResolvedDeployment): readonly string[] {
  return [...(key.name === null ? [] : [key.name]), key.prefix];
}

function queueStatus(call: Call, place: PathSelector): Answer {
  const target = targetOf(reach(call, place).deployment);
  const { queued, inProgress } = call.services.asyncInference.counts(target);
  return json(200, {
    model_id: target.ownerId,
    deployment_id: target.deploymentId,
    num_queued_requests: queued,
    num_in_progress_requests: inProgress,
  });
}

function cancel(call: Call): Answer {
  const request = requested(call);
  const done = call.services.asyncInference.cancel(request);
  const message = done
    ? "The async request was canceled."
    : `Only QUEUED async requests can be canceled; this one is ${request.status}.`;
  return json(200, { request_id: request.id, canceled: done, message });
}

/**
 * The request that the path names, on its model's or chain's host, whatever its deployment.
 * @throws GatewayError `deployment_unauthorized`, `deployment_not_found`, `async_request_not_found` (Y-32)
 */
function requested(call: Call): AsyncRequest {
  const { services, inProgress, response, deployment: host } = call;
  const id = call.param("request_id");
  response.setHeader(REQUEST_ID, services.context.random.hex(32));
  if (!host) throw new GatewayError("unknown_path");
  const { key, workspace } = services.access.dedicated(readAuthorization(call.request.headers.authorization));
  inProgress.keyPrefix = key.prefix;
  const known: readonly Deployable[] = host.kind === "model" ? workspace.models : workspace.chains;
  const found = ownerOfLabel(known, host.label);
  if (!found) {
    throw new GatewayError("deployment_not_found", {
      hint: `workspace "${workspace.name}" declares no ${host.kind} ${host.label}`,
    });
  }
  inProgress.slug = found.owner.id;
  const owner = { workspaceId: workspace.id, kind: host.kind, ownerId: found.owner.id };
  const request = services.asyncInference.find(id, owner);
  if (request) return request;
  throw new GatewayError("async_request_not_found", {
    hint: `no such request of ${host.kind} ${found.owner.id}; they are forgotten one hour after completion`,
  });
}

/** Keys in the documented order. */
function statusOf(request: AsyncRequest) {
  const { kind, ownerId } = request;
  return {
    request_id: request.id,
    ...(kind === "chain" ? { chain_id: ownerId } : { model_id: ownerId }),
    deployment_id: request.deploymentId,
    status: request.status,
    webhook_status: request.webhookStatus,
    created_at: iso(request.createdAt),
    status_at: iso(request.statusAt),
    errors: request.errors,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
