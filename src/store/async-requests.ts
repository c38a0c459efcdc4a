import type { ArrivedRequest, AsyncRequest, AsyncStatus, AsyncTarget } from "../domain/async/request.js";
import type { PredictionRetryPolicy } from "../domain/async/retry.js";
import type { Webhook } from "../domain/billing-webhook.js";
import { assignmentsOf, columnsOf, fieldsOf, insertInto, queriesOf, valuesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

/** The fields that an update changes. */
const CHANGING = [
  "status",
  "statusAt",
  "webhookStatus",
  "errors",
  "attempts",
  "dueAt",
  "result",
  "webhookAttempts",
  "completedAt",
] as const satisfies readonly (keyof AsyncRequest)[];
/** The retry policy has a column for each field. */
const RETRY = [
  "maxAttempts",
  "initialDelayMs",
  "maxDelayMs",
] as const satisfies readonly (keyof PredictionRetryPolicy)[];

/** As in the index, so that SQLite uses it. */
const OPEN = "completed_at IS NULL";
const OF_TARGET =
  "workspace_id = :workspaceId AND kind = :kind AND owner_id = :ownerId AND deployment_id = :deploymentId";

/** Number of requests of one deployment by status (I-5.4h). */
export interface QueueCounts {
  readonly queued: number;
  readonly inProgress: number;
}

/** Async requests, and the secrets that sign their webhooks. */
export function createAsyncRequestStore(db: Preparing) {
  const fields = fieldsOf<ArrivedRequest>(db, "async_requests", "seq", "keyNames", ...RETRY);
  const select = `SELECT seq, ${columnsOf(fields)}, key_names AS key,
      json_object('maxAttempts', max_attempts, 'initialDelayMs', initial_delay_ms, 'maxDelayMs', max_delay_ms) AS retry
    FROM async_requests`;
  const { one, all } = queriesOf<AsyncRequest>(db, { json: ["key", "retry", "errors"] });
  const insert = db.prepare(insertInto("async_requests", [...fields, ...RETRY, "keyNames"]));
  const update = db.prepare(`UPDATE async_requests SET ${assignmentsOf(CHANGING)} WHERE seq = ?`);
  const work = db
    .prepare<[], 0 | 1>(
      `SELECT EXISTS (SELECT 1 FROM async_requests WHERE ${OPEN})
         OR EXISTS (SELECT 1 FROM async_requests WHERE webhook_status = 'PENDING' AND result IS NOT NULL)`,
    )
    .pluck();
  const queues = db.prepare<[], AsyncTarget>(
    `SELECT DISTINCT ${columnsOf(["workspaceId", "kind", "ownerId", "deploymentId"])}
     FROM async_requests WHERE status = 'QUEUED'`,
  );
  const counts = db.prepare<[AsyncTarget], { status: AsyncStatus; count: number }>(
    `SELECT status, count(*) AS count FROM async_requests
     WHERE ${OPEN} AND ${OF_TARGET} GROUP BY status`,
  );
  const deleteOld = db.prepare<[number]>(
    "DELETE FROM async_requests WHERE completed_at <= ? AND webhook_status <> 'PENDING'",
  );
  const secrets = db.prepare<[string], Webhook["secrets"][number]>(
    "SELECT secret, until FROM async_webhook_secrets WHERE workspace_id = ? ORDER BY position",
  );
  const dropSecrets = db.prepare<[string]>("DELETE FROM async_webhook_secrets WHERE workspace_id = ?");
  const addSecret = db.prepare<[string, number, string, number | null]>(
    "INSERT INTO async_webhook_secrets (workspace_id, position, secret, until) VALUES (?, ?, ?, ?)",
  );

  return {
    /** @returns the request with its number in the order of arrival */
    insert(request: ArrivedRequest): AsyncRequest {
      const { lastInsertRowid } = insert.run(
        ...valuesOf(request, fields),
        ...valuesOf(request.retry, RETRY),
        JSON.stringify(request.key),
      );
      return { ...request, seq: Number(lastInsertRowid) };
    },
    /** Stores all fields that can change. */
    update: (request: AsyncRequest) => void update.run(...valuesOf(request, CHANGING), request.seq),
    byId: one<[id: string]>(`${select} WHERE id = ?`),
    /** The next request of a deployment's queue: lowest priority number, then the order of arrival (I-5.4i). */
    nextQueued: one<[target: AsyncTarget]>(
      `${select} WHERE ${OPEN} AND status = 'QUEUED' AND ${OF_TARGET} ORDER BY priority, seq LIMIT 1`,
    ),
    /** The queued request of any deployment that expires first. */
    nextToExpire: one<[]>(`${select} WHERE status = 'QUEUED' ORDER BY expires_at, seq LIMIT 1`),
    /** Whether any request is queued, in progress, or has an undelivered result. */
    hasWork: () => work.get() === 1,
    /** Deployments with queued requests. */
    queues: () => queues.all(),
    /** Requests in progress, in order of arrival. */
    inProgress: all<[]>(`${select} WHERE ${OPEN} AND status = 'IN_PROGRESS' ORDER BY seq`),
    /** Completed requests with an undelivered result, in order of arrival. */
    undelivered: all<[]>(`${select} WHERE webhook_status = 'PENDING' AND result IS NOT NULL ORDER BY seq`),
    counts(target: AsyncTarget): QueueCounts {
      const result = { queued: 0, inProgress: 0 };
      for (const { status, count } of counts.all(target)) {
        if (status === "QUEUED") result.queued = count;
        else result.inProgress = count;
      }
      return result;
    },
    /** Deletes requests completed at or before an instant, except those with an undelivered result. */
    deleteOld: (completedBefore: number) => void deleteOld.run(completedBefore),
    /** The workspace's webhook secrets, newest first. */
    secrets: (workspaceId: string) => secrets.all(workspaceId),
    setSecrets(workspaceId: string, list: Webhook["secrets"]): void {
      dropSecrets.run(workspaceId);
      for (const [position, { secret, until }] of list.entries()) {
        addSecret.run(workspaceId, position, secret, until);
      }
    },
  };
}
