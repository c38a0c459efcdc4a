import { MAX_PAYLOAD_BYTES, payloadTooLarge } from "../../domain/async/limits.js";
import type { AsyncOptions, AsyncRequest, AsyncTarget } from "../../domain/async/request.js";
import { readAuthorization } from "../../domain/credential.js";
import { type Deployable, type Deployment, ownerOfLabel } from "../../domain/deployments.js";
import { GatewayError } from "../../domain/errors.js";
import type { DeploymentHost } from "../../domain/hosts.js";
import { isoTime } from "../../domain/iso-time.js";
import { parseJson } from "../../domain/parse-json.js";
import { asyncOptions, asyncPredictSchema } from "../../schemas/async.js";
import type { PathSelector } from "../../services/deployments/deployments.js";
import type { AppContext } from "../env.js";
import { issueText } from "../issues.js";
import { jsonText, readBody } from "../middleware/body.js";
import { json } from "../respond.js";
import { deploymentHost, keyNames, REQUEST_ID, resolveDeployment, resolveKind } from "./resolve.js";

/** Puts a request into the queue of a deployment: key, deployment, size, values, in this order (Y-27). */
export async function submitAsync(
  c: AppContext,
  kind: DeploymentHost["kind"],
  selector: PathSelector,
): Promise<Response> {
  const resolved = resolveKind(c, kind, selector);
  const options = await readOptions(c);
  const { asyncInference } = c.get("services");
  const { id } = asyncInference.submit(targetOf(resolved.deployment), keyNames(resolved.caller), options);
  c.set("answerHeaders", { [REQUEST_ID]: id });
  return json(c, { request_id: id }, 201);
}

/** Reads the body as JSON, whatever its content type. @throws GatewayError `body_too_large`, `async_invalid` */
async function readOptions(c: AppContext): Promise<AsyncOptions> {
  refuseLarge(Number(c.req.header("Content-Length") ?? 0));
  const body = await readBody(c);
  refuseLarge(body.length);
  const text = jsonText(undefined, body, refuse);
  c.get("inProgress").requestBody = text;
  const value = parseJson(text);
  if (value === undefined) return refuse("the body is not valid JSON");
  const parsed = asyncPredictSchema.safeParse(value);
  if (parsed.success) return asyncOptions(parsed.data);
  return refuse(issueText(parsed.error));
}

function refuseLarge(bytes: number): void {
  if (bytes > MAX_PAYLOAD_BYTES)
    throw new GatewayError("body_too_large", { message: payloadTooLarge(bytes) });
}

function refuse(message: string): never {
  throw new GatewayError("async_invalid", { message });
}

function targetOf({ workspaceId, kind, ownerId, id }: Deployment): AsyncTarget {
  return { workspaceId, kind, ownerId, deploymentId: id };
}

/** How many requests of a deployment are queued and in progress. */
export function queueStatus(c: AppContext, selector: PathSelector): Response {
  const target = targetOf(resolveDeployment(c, selector).deployment);
  const { queued, inProgress } = c.get("services").asyncInference.counts(target);
  return json(c, {
    model_id: target.ownerId,
    deployment_id: target.deploymentId,
    num_queued_requests: queued,
    num_in_progress_requests: inProgress,
  });
}

/** Status of an async request. */
export function asyncStatus(c: AppContext): Response {
  return json(c, statusOf(findRequest(c)));
}

/** Cancels an async request that is still queued. */
export function cancelAsync(c: AppContext): Response {
  const request = findRequest(c);
  const canceled = c.get("services").asyncInference.cancel(request);
  const message = canceled
    ? "The async request was canceled."
    : `Only QUEUED async requests can be canceled; this one is ${request.status}.`;
  return json(c, { request_id: request.id, canceled, message });
}

/**
 * The request that the path names, on its model's or chain's host, whatever its deployment.
 * @throws GatewayError `deployment_unauthorized`, `deployment_not_found`, `async_request_not_found` (Y-32)
 */
function findRequest(c: AppContext): AsyncRequest {
  const { access, asyncInference } = c.get("services");
  const inProgress = c.get("inProgress");
  const host = deploymentHost(c);
  const { key, workspace } = access.dedicated(readAuthorization(c.req.header("Authorization")));
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
  const request = asyncInference.find(c.req.param("request_id") ?? "", owner);
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
    created_at: isoTime(request.createdAt),
    status_at: isoTime(request.statusAt),
    errors: request.errors,
  };
}
