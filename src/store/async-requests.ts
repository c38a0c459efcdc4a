import type { ArrivedRequest, AsyncRequest, AsyncStatus, AsyncTarget } from "../domain/async/request.js";
import type { PredictionRetryPolicy } from "../domain/async/retry.js";
import type { Webhook } from "../domain/billing-webhook.js";
import { assignmentsOf, columnsOf, insertInto, valuesOf } from "./columns.js";
import type { Db } from "./database.js";

/** A row with its fields in camel case; `keyNames` and `errors` are JSON. */
type Row = Omit<AsyncRequest, "key" | "retry" | "errors"> &
  PredictionRetryPolicy & { readonly keyNames: string; readonly errors: string };

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
] as const;
const FIELDS = [
  "id",
  "workspaceId",
  "kind",
  "ownerId",
  "deploymentId",
  "keyNames",
  "input",
  "webhookEndpoint",
  "priority",
  "maxAttempts",
  "initialDelayMs",
  "maxDelayMs",
  "createdAt",
  "expiresAt",
  ...CHANGING,
] as const satisfies readonly (keyof Row)[];

/** Number of requests of one deployment by status (I-5.4h). */
export interface QueueCounts {
  readonly queued: number;
  readonly inProgress: number;
}

/** Async requests, and the secrets that sign their webhooks. */
export interface AsyncRequestStore {
  /** @returns the request with its number in the order of arrival */
  insert(request: ArrivedRequest): AsyncRequest;
  /** Stores all fields that can change. */
  update(request: AsyncRequest): void;
  byId(id: string): AsyncRequest | null;
  /** The next request of a deployment's queue: lowest priority number, then the order of arrival (I-5.4i). */
  nextQueued(target: AsyncTarget): AsyncRequest | null;
  /** The queued request of any deployment that expires first. */
  nextToExpire(): AsyncRequest | null;
  /** Whether any request is queued, in progress, or has an undelivered result. */
  hasWork(): boolean;
  /** Deployments with queued requests. */
  queues(): AsyncTarget[];
  /** Requests in progress, in order of arrival. */
  inProgress(): AsyncRequest[];
  /** Completed requests with an undelivered result, in order of arrival. */
  undelivered(): AsyncRequest[];
  counts(target: AsyncTarget): QueueCounts;
  /** Deletes requests completed at or before an instant, except those with an undelivered result. */
  deleteOld(completedBefore: number): void;
  /** The workspace's webhook secrets, newest first. */
  secrets(workspaceId: string): Webhook["secrets"];
  setSecrets(workspaceId: string, secrets: Webhook["secrets"]): void;
}

/** As in the index, so that SQLite uses it. */
const OPEN = "completed_at IS NULL";
const OF_TARGET =
  "workspace_id = :workspaceId AND kind = :kind AND owner_id = :ownerId AND deployment_id = :deploymentId";

export function createAsyncRequestStore(db: Db): AsyncRequestStore {
  const select = `SELECT ${columnsOf(["seq", ...FIELDS])} FROM async_requests`;
  const insert = db.prepare(insertInto("async_requests", FIELDS));
  const update = db.prepare(`UPDATE async_requests SET ${assignmentsOf(CHANGING)} WHERE seq = ?`);
  const byId = db.prepare<[string], Row>(`${select} WHERE id = ?`);
  const nextQueued = db.prepare<[AsyncTarget], Row>(
    `${select} WHERE ${OPEN} AND status = 'QUEUED' AND ${OF_TARGET} ORDER BY priority, seq LIMIT 1`,
  );
  const nextToExpire = db.prepare<[], Row>(
    `${select} WHERE status = 'QUEUED' ORDER BY expires_at, seq LIMIT 1`,
  );
  const work = db.prepare<[], { some: number }>(
    `SELECT EXISTS (SELECT 1 FROM async_requests WHERE ${OPEN})
       OR EXISTS (SELECT 1 FROM async_requests WHERE webhook_status = 'PENDING' AND result IS NOT NULL) AS some`,
  );
  const queues = db.prepare<[], AsyncTarget>(
    `SELECT DISTINCT ${columnsOf(["workspaceId", "kind", "ownerId", "deploymentId"])}
     FROM async_requests WHERE status = 'QUEUED'`,
  );
  const inProgress = db.prepare<[], Row>(`${select} WHERE ${OPEN} AND status = 'IN_PROGRESS' ORDER BY seq`);
  const undelivered = db.prepare<[], Row>(
    `${select} WHERE webhook_status = 'PENDING' AND result IS NOT NULL ORDER BY seq`,
  );
  const counts = db.prepare<[AsyncTarget], { status: AsyncStatus; count: number }>(
    `SELECT status, count(*) AS count FROM async_requests
     WHERE ${OPEN} AND ${OF_TARGET} GROUP BY status`,
  );
  const deleteOld = db.prepare<[number]>(
    "DELETE FROM async_requests WHERE completed_at <= ? AND webhook_status <> 'PENDING'",
  );
  const secrets = db.prepare<[string], { secret: string; until: number | null }>(
    "SELECT secret, until FROM async_webhook_secrets WHERE workspace_id = ? ORDER BY position",
  );
  const dropSecrets = db.prepare<[string]>("DELETE FROM async_webhook_secrets WHERE workspace_id = ?");
  const addSecret = db.prepare<[string, number, string, number | null]>(
    "INSERT INTO async_webhook_secrets (workspace_id, position, secret, until) VALUES (?, ?, ?, ?)",
  );

  return {
    insert(request) {
      const { lastInsertRowid } = insert.run(valuesOf(toRow(request), FIELDS));
      return { ...request, seq: Number(lastInsertRowid) };
    },
    update: (request) => void update.run(valuesOf(toRow(request), CHANGING), request.seq),
    byId: (id) => found(byId.get(id)),
    nextQueued: (target) => found(nextQueued.get(target)),
    nextToExpire: () => found(nextToExpire.get()),
    hasWork: () => work.get()?.some === 1,
    queues: () => queues.all(),
    inProgress: () => inProgress.all().map(fromRow),
    undelivered: () => undelivered.all().map(fromRow),
    counts(target) {
      const result = { queued: 0, inProgress: 0 };
      for (const { status, count } of counts.all(target)) {
        if (status === "QUEUED") result.queued = count;
        else result.inProgress = count;
      }
      return result;
    },
    deleteOld: (completedBefore) => void deleteOld.run(completedBefore),
    secrets: (workspaceId) => secrets.all(workspaceId),
    setSecrets(workspaceId, list) {
      dropSecrets.run(workspaceId);
      for (const [position, { secret, until }] of list.entries()) {
        addSecret.run(workspaceId, position, secret, until);
      }
    },
  };
}

function toRow<T extends ArrivedRequest>({ key, retry, errors, ...request }: T) {
  return { ...request, ...retry, keyNames: JSON.stringify(key), errors: JSON.stringify(errors) };
}

function found(row: Row | undefined): AsyncRequest | null {
  return row ? fromRow(row) : null;
}

function fromRow({
  keyNames,
  errors,
  maxAttempts,
  initialDelayMs,
  maxDelayMs,
  ...request
}: Row): AsyncRequest {
  return {
    ...request,
    key: JSON.parse(keyNames),
    errors: JSON.parse(errors),
    retry: { maxAttempts, initialDelayMs, maxDelayMs },
  };
}
