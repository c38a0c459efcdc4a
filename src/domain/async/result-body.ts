import type { DeploymentHost } from "../hosts.js";
import { isoTime } from "../iso-time.js";
import type { PredictionFailure } from "./retry.js";

/**
 * The body of the webhook of an async request (I-5.5a), keys in the documented order. Chains have a `chain_id` in
 * place of the `model_id`, as in the status (Y-30).
 */
export function resultBody(
  request: {
    readonly id: string;
    readonly kind: DeploymentHost["kind"];
    readonly ownerId: string;
    readonly deploymentId: string;
  },
  data: unknown,
  errors: readonly PredictionFailure[],
  now: number,
): string {
  const { id, kind, ownerId, deploymentId } = request;
  return JSON.stringify({
    request_id: id,
    ...(kind === "chain" ? { chain_id: ownerId } : { model_id: ownerId }),
    deployment_id: deploymentId,
    type: "async_request_completed",
    time: isoTime(now),
    data: data ?? null,
    errors,
  });
}
