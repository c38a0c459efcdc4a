/** What the webhook of an async request is told, and what follows from its answer (inference §5). */

import type { AttemptOutcome } from "../billing.js";
import type { AsyncRequest } from "./request.js";
import type { PredictionFailure } from "./retry.js";

/** The first one and a second (inference §5). */
export const WEBHOOK_ATTEMPTS = 2;
/** Between the two, milliseconds. */
export const WEBHOOK_BACKOFF_MS = 2_000;
/** Only these answers are worth a second attempt; no answer at all is not among them (Y-30). */
const RETRIED_STATUSES: readonly number[] = [500, 502, 503, 504];

/** The body, keys in the documented order. Chains have a `chain_id` in place of the `model_id`, as in the status (Y-30). */
export function resultBody(
  { id, kind, ownerId, deploymentId }: Pick<AsyncRequest, "id" | "kind" | "ownerId" | "deploymentId">,
  data: unknown,
  errors: readonly PredictionFailure[],
  now: number,
): string {
  return JSON.stringify({
    request_id: id,
    ...(kind === "chain" ? { chain_id: ownerId } : { model_id: ownerId }),
    deployment_id: deploymentId,
    type: "async_request_completed",
    time: new Date(now).toISOString(),
    data: data ?? null,
    errors,
  });
}

/** After one attempt at the webhook: told, to be tried again at `dueAt`, or failed. */
export function afterWebhook(request: AsyncRequest, outcome: AttemptOutcome, now: number): AsyncRequest {
  const webhookAttempts = request.webhookAttempts + 1;
  const tried = { ...request, webhookAttempts };
  const status = outcome.kind === "answered" ? outcome.status : null;
  if (status !== null && status >= 200 && status < 300) return { ...tried, webhookStatus: "SUCCEEDED" };
  if (status !== null && RETRIED_STATUSES.includes(status) && webhookAttempts < WEBHOOK_ATTEMPTS) {
    return { ...tried, dueAt: now + WEBHOOK_BACKOFF_MS };
  }
  // WEBHOOK_FAILED says that the inference succeeded; a failed one stays FAILED.
  const failed: AsyncRequest = { ...tried, webhookStatus: "FAILED" };
  return request.status === "SUCCEEDED" ? { ...failed, status: "WEBHOOK_FAILED", statusAt: now } : failed;
}
