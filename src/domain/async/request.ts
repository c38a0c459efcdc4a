/** An async request from its arrival to its end: a pure state machine (inference §5). Times are epoch milliseconds. */

import type { AttemptOutcome } from "../billing-webhook.js";
import type { DeploymentHost } from "../hosts.js";
import { resultBody } from "./result-body.js";
import {
  isRetried,
  type PredictionFailure,
  type PredictionResult,
  type PredictionRetryPolicy,
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
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** Which deployment a request is for. */
export interface AsyncTarget {
  readonly workspaceId: string;
  readonly kind: DeploymentHost["kind"];
  /** `model_id` or `chain_id`. */
  readonly ownerId: string;
  readonly deploymentId: string;
}

/** What the caller asked for, with every default filled in. */
export interface AsyncOptions {
  /** `model_input` as JSON text. */
  readonly input: string;
  readonly webhookEndpoint: string | null;
  /** 0 to 2; lower ones go first. */
  readonly priority: number;
  readonly maxTimeInQueueMs: number;
  readonly retry: PredictionRetryPolicy;
}

export interface AsyncRequest extends AsyncTarget {
  /** 32 hex digits. */
  readonly id: string;
  /** Name and prefix of the caller's key, for rules that look at it. */
  readonly key: readonly string[];
  /** Order of arrival. */
  readonly seq: number;
  readonly input: string;
  readonly webhookEndpoint: string | null;
  readonly priority: number;
  readonly retry: PredictionRetryPolicy;
  readonly createdAt: number;
  /** Still in the queue at this instant, it expires. */
  readonly expiresAt: number;
  readonly status: AsyncStatus;
  readonly statusAt: number;
  readonly webhookStatus: WebhookStatus;
  readonly errors: readonly PredictionFailure[];
  /** Predictions that came to an end. */
  readonly attempts: number;
  /** When the next prediction or webhook attempt begins, or began. */
  readonly dueAt: number;
  /** What the webhook is told, signed as it stands; null until then, and without a webhook. */
  readonly result: string | null;
  readonly webhookAttempts: number;
  /** When the model was done with it, or it left the queue otherwise; null before. */
  readonly completedAt: number | null;
}

/** Before the store has given it a place. */
export type ArrivedRequest = Omit<AsyncRequest, "seq">;

/** The first attempt at the webhook and one more (I-5.5c). */
const WEBHOOK_ATTEMPTS = 2;
/** Wait between the two attempts, milliseconds (I-5.5c). */
const WEBHOOK_BACKOFF_MS = 2_000;
/** Only these answers get a second attempt; no answer at all does not (Y-30). */
const RETRIED_STATUSES: readonly number[] = [500, 502, 503, 504];

/** How long a completed request can be asked for (inference §5). */
export const KEPT_MS = 60 * 60 * 1000;

/** A request as it enters the queue. */
export function arrived(
  { id, key, now }: { readonly id: string; readonly key: readonly string[]; readonly now: number },
  target: AsyncTarget,
  wish: AsyncOptions,
): ArrivedRequest {
  const { workspaceId, kind, ownerId, deploymentId } = target;
  const { input, webhookEndpoint, priority, retry } = wish;
  return {
    workspaceId,
    kind,
    ownerId,
    deploymentId,
    id,
    key,
    input,
    webhookEndpoint,
    priority,
    retry,
    createdAt: now,
    expiresAt: now + wish.maxTimeInQueueMs,
    status: "QUEUED",
    statusAt: now,
    webhookStatus: webhookEndpoint === null ? "NO_WEBHOOK_PROVIDED" : "PENDING",
    errors: [],
    attempts: 0,
    dueAt: now,
    result: null,
    webhookAttempts: 0,
    completedAt: null,
  };
}

/** A replica takes it from the queue. */
export function started(request: AsyncRequest, now: number): AsyncRequest {
  return { ...request, status: "IN_PROGRESS", statusAt: now, dueAt: now };
}

/**
 * After one prediction: done, failed, or to be tried again at `dueAt`, in which case it stays IN_PROGRESS and
 * keeps its place at the deployment (Y-28).
 */
export function afterPrediction(request: AsyncRequest, outcome: PredictionResult, now: number): AsyncRequest {
  const attempts = request.attempts + 1;
  const tried = { ...request, attempts };
  if (outcome.ok) return completed(tried, "SUCCEEDED", outcome.data, [], now);
  if (isRetried(outcome.code) && attempts < request.retry.maxAttempts) {
    return { ...tried, dueAt: now + retryDelay(request.retry, attempts) };
  }
  // The last one speaks for all (Y-28).
  return completed(tried, "FAILED", null, [{ code: outcome.code, message: outcome.message }], now);
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

/** After one attempt at the webhook: delivered, to be tried again at `dueAt`, or failed. */
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

/** It waited for `max_time_in_queue_seconds`. No webhook is told (Y-29). */
export function expired(request: AsyncRequest, now: number): AsyncRequest {
  return leftQueue(request, "EXPIRED", now);
}

/** Its owner took it back; only what is QUEUED can be (inference §5). */
export function canceled(request: AsyncRequest, now: number): AsyncRequest {
  return leftQueue(request, "CANCELED", now);
}

function leftQueue(request: AsyncRequest, status: "EXPIRED" | "CANCELED", now: number): AsyncRequest {
  const webhookStatus = request.webhookEndpoint === null ? "NO_WEBHOOK_PROVIDED" : "CANCELED";
  return { ...request, status, statusAt: now, webhookStatus, completedAt: now };
}

/** Whether the status can still be asked for. */
export function isKept({ completedAt }: AsyncRequest, now: number): boolean {
  return completedAt === null || now < completedAt + KEPT_MS;
}
