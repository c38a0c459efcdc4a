/** The life of an async request, as a pure state machine (I-5.4a to I-5.5d). Times are epoch milliseconds. */

import type { AttemptOutcome } from "../billing-webhook.js";
import type { DeploymentHost } from "../hosts.js";
import { isoTime } from "../iso-time.js";
import {
  type PredictionFailure,
  type PredictionResult,
  type PredictionRetryPolicy,
  RETRIED_FAILURES,
  retryDelay,
} from "./retry.js";

export const ASYNC_STATUSES = [
  "QUEUED",
  "IN_PROGRESS",
  "SUCCEEDED",
  "FAILED",
  "EXPIRED",
  "CANCELED",
  "WEBHOOK_FAILED",
] as const;
export type AsyncStatus = (typeof ASYNC_STATUSES)[number];

export const WEBHOOK_STATUSES = [
  "PENDING",
  "SUCCEEDED",
  "FAILED",
  "CANCELED",
  "NO_WEBHOOK_PROVIDED",
] as const;
type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** The deployment of a request. */
export interface AsyncTarget {
  readonly workspaceId: string;
  readonly kind: DeploymentHost["kind"];
  /** `model_id` or `chain_id`. */
  readonly ownerId: string;
  readonly deploymentId: string;
}

/** The options of a request, with defaults (I-5.4b). */
export interface AsyncOptions {
  /** `model_input` as JSON text. */
  readonly input: string;
  readonly webhookEndpoint: string | null;
  /** 0 to 2; lower numbers go first (I-5.4i). */
  readonly priority: number;
  readonly maxTimeInQueueMs: number;
  readonly retry: PredictionRetryPolicy;
}

export interface AsyncRequest extends AsyncTarget, Omit<AsyncOptions, "maxTimeInQueueMs"> {
  /** 32 hex digits. */
  readonly id: string;
  /** Name and prefix of the caller's key, for rules that match it. */
  readonly key: readonly string[];
  /** Order of arrival. */
  readonly seq: number;
  readonly createdAt: number;
  /** A queued request expires at this time (I-5.4j). */
  readonly expiresAt: number;
  readonly status: AsyncStatus;
  readonly statusAt: number;
  readonly webhookStatus: WebhookStatus;
  readonly errors: readonly PredictionFailure[];
  /** Finished predictions, failed ones included. */
  readonly attempts: number;
  /** When the current prediction or webhook attempt starts or started. */
  readonly dueAt: number;
  /** The body for the webhook; null before completion, and without a webhook. */
  readonly result: string | null;
  readonly webhookAttempts: number;
  /** When it was predicted, expired or canceled; null before. */
  readonly completedAt: number | null;
}

/** A request before the store has numbered it. */
export type ArrivedRequest = Omit<AsyncRequest, "seq">;

/** The first attempt at the webhook and one more (I-5.5c). */
const WEBHOOK_ATTEMPTS = 2;
/** Wait between the two attempts, milliseconds (I-5.5c). */
const WEBHOOK_BACKOFF_MS = 2_000;
/** Only these answers get a second attempt; no answer at all does not (Y-30). */
const RETRIED_STATUSES: readonly number[] = [500, 502, 503, 504];

/** How long the status of a completed request is kept, milliseconds (I-5.4e). */
export const KEPT_MS = 60 * 60 * 1000;

/** A new request in the queue. */
export function arrived(
  { id, key, now }: { readonly id: string; readonly key: readonly string[]; readonly now: number },
  target: AsyncTarget,
  options: AsyncOptions,
): ArrivedRequest {
  const { maxTimeInQueueMs, ...kept } = options;
  return {
    ...target,
    id,
    key,
    ...kept,
    createdAt: now,
    expiresAt: now + maxTimeInQueueMs,
    status: "QUEUED",
    statusAt: now,
    webhookStatus: options.webhookEndpoint === null ? "NO_WEBHOOK_PROVIDED" : "PENDING",
    errors: [],
    attempts: 0,
    dueAt: now,
    result: null,
    webhookAttempts: 0,
    completedAt: null,
  };
}

/** A replica starts the prediction. */
export function started(request: AsyncRequest, now: number): AsyncRequest {
  return { ...request, status: "IN_PROGRESS", statusAt: now, dueAt: now };
}

/**
 * After a prediction: done, failed, or retried at `dueAt` (I-5.4k). While it waits for a retry it stays IN_PROGRESS and
 * occupies its deployment (Y-28).
 */
export function afterPrediction(request: AsyncRequest, outcome: PredictionResult, now: number): AsyncRequest {
  const attempts = request.attempts + 1;
  const counted = { ...request, attempts };
  if (outcome.ok) return completed(counted, "SUCCEEDED", outcome.data, [], now);
  if (RETRIED_FAILURES.includes(outcome.code) && attempts < request.retry.maxAttempts) {
    return { ...counted, dueAt: now + retryDelay(request.retry, attempts) };
  }
  // Only the last error is reported (Y-28).
  return completed(counted, "FAILED", null, [{ code: outcome.code, message: outcome.message }], now);
}

function completed(
  request: AsyncRequest,
  status: "SUCCEEDED" | "FAILED",
  data: unknown,
  errors: readonly PredictionFailure[],
  now: number,
): AsyncRequest {
  const result = request.webhookEndpoint === null ? null : resultBody(request, data, errors, now);
  return { ...request, status, statusAt: now, errors, dueAt: now, result, completedAt: now };
}

/**
 * The body of the webhook of an async request (I-5.5a), keys in the documented order. Chains have a `chain_id` in
 * place of the `model_id`, as in the status (Y-30).
 */
export function resultBody(
  { id, kind, ownerId, deploymentId }: Omit<AsyncTarget, "workspaceId"> & { readonly id: string },
  data: unknown,
  errors: readonly PredictionFailure[],
  now: number,
): string {
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

/** After a webhook attempt: delivered, retried at `dueAt`, or failed (I-5.5c, Y-30). */
export function afterWebhook(request: AsyncRequest, outcome: AttemptOutcome, now: number): AsyncRequest {
  const webhookAttempts = request.webhookAttempts + 1;
  const counted = { ...request, webhookAttempts };
  const status = outcome.kind === "answered" ? outcome.status : null;
  if (status !== null && status >= 200 && status < 300) return { ...counted, webhookStatus: "SUCCEEDED" };
  if (status !== null && RETRIED_STATUSES.includes(status) && webhookAttempts < WEBHOOK_ATTEMPTS) {
    return { ...counted, dueAt: now + WEBHOOK_BACKOFF_MS };
  }
  // WEBHOOK_FAILED means that the prediction succeeded; a failed request stays FAILED.
  const failed: AsyncRequest = { ...counted, webhookStatus: "FAILED" };
  return request.status === "SUCCEEDED" ? { ...failed, status: "WEBHOOK_FAILED", statusAt: now } : failed;
}

/** After `max_time_in_queue_seconds` in the queue (I-5.4j). The webhook is not called (Y-29). */
export function expired(request: AsyncRequest, now: number): AsyncRequest {
  return leftQueue(request, "EXPIRED", now);
}

/** Canceled by its caller, while QUEUED (I-5.4g). The webhook is not called (Y-29). */
export function canceled(request: AsyncRequest, now: number): AsyncRequest {
  return leftQueue(request, "CANCELED", now);
}

function leftQueue(request: AsyncRequest, status: "EXPIRED" | "CANCELED", now: number): AsyncRequest {
  const webhookStatus = request.webhookEndpoint === null ? "NO_WEBHOOK_PROVIDED" : "CANCELED";
  return { ...request, status, statusAt: now, webhookStatus, completedAt: now };
}

/** Whether the status is still available (I-5.4e). */
export function isKept({ completedAt }: AsyncRequest, now: number): boolean {
  return completedAt === null || now < completedAt + KEPT_MS;
}
