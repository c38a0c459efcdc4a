import type {
  ArrivedRequest,
  AsyncRequest,
  AsyncStatus,
  AsyncTarget,
  WebhookStatus,
} from "../domain/async/request.js";
import type { PredictionFailure } from "../domain/async/retry.js";
import type { Webhook } from "../domain/billing-webhook.js";
import type { DeploymentHost } from "../domain/hosts.js";
import type { Db } from "./database.js";

interface Row {
  seq: number;
  id: string;
  workspace_id: string;
  kind: DeploymentHost["kind"];
  owner_id: string;
  deployment_id: string;
  /** JSON. */
  key_names: string;
  input: string;
  webhook_endpoint: string | null;
  priority: number;
  max_attempts: number;
  initial_delay_ms: number;
  max_delay_ms: number;
  created_at: number;
  expires_at: number;
  status: AsyncStatus;
  status_at: number;
  webhook_status: WebhookStatus;
  errors: string;
  attempts: number;
  due_at: number;
  result: string | null;
  webhook_attempts: number;
  completed_at: number | null;
}

/** A row for writing; SQLite numbers new ones. */
type WrittenRow = Omit<Row, "seq"> & { seq: number | null };

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
  const insert = db.prepare<[WrittenRow]>(
    `INSERT INTO async_requests VALUES (:seq, :id, :workspace_id, :kind, :owner_id, :deployment_id, :key_names, :input,
       :webhook_endpoint, :priority, :max_attempts, :initial_delay_ms, :max_delay_ms, :created_at, :expires_at, :status,
       :status_at, :webhook_status, :errors, :attempts, :due_at, :result, :webhook_attempts, :completed_at)`,
  );
  const update = db.prepare<[WrittenRow]>(
    `UPDATE async_requests SET status = :status, status_at = :status_at, webhook_status = :webhook_status,
       errors = :errors, attempts = :attempts, due_at = :due_at, result = :result,
       webhook_attempts = :webhook_attempts, completed_at = :completed_at
     WHERE seq = :seq`,
  );
  const byId = db.prepare<[string], Row>("SELECT * FROM async_requests WHERE id = ?");
  const nextQueued = db.prepare<[AsyncTarget], Row>(
    `SELECT * FROM async_requests WHERE ${OPEN} AND status = 'QUEUED' AND ${OF_TARGET} ORDER BY priority, seq LIMIT 1`,
  );
  const nextToExpire = db.prepare<[], Row>(
    "SELECT * FROM async_requests WHERE status = 'QUEUED' ORDER BY expires_at, seq LIMIT 1",
  );
  const work = db.prepare<[], { some: number }>(
    `SELECT EXISTS (SELECT 1 FROM async_requests WHERE ${OPEN})
       OR EXISTS (SELECT 1 FROM async_requests WHERE webhook_status = 'PENDING' AND result IS NOT NULL) AS some`,
  );
  const queues = db.prepare<[], AsyncTarget>(
    `SELECT DISTINCT workspace_id AS workspaceId, kind, owner_id AS ownerId, deployment_id AS deploymentId
     FROM async_requests WHERE status = 'QUEUED'`,
  );
  const inProgress = db.prepare<[], Row>(
    `SELECT * FROM async_requests WHERE ${OPEN} AND status = 'IN_PROGRESS' ORDER BY seq`,
  );
  const undelivered = db.prepare<[], Row>(
    "SELECT * FROM async_requests WHERE webhook_status = 'PENDING' AND result IS NOT NULL ORDER BY seq",
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
      const { lastInsertRowid } = insert.run(toRow({ ...request, seq: null }));
      return { ...request, seq: Number(lastInsertRowid) };
    },
    update: (request) => void update.run(toRow(request)),
    byId: (id) => found(byId.get(id)),
    nextQueued: (target) => found(nextQueued.get(keyOf(target))),
    nextToExpire: () => found(nextToExpire.get()),
    hasWork: () => work.get()?.some === 1,
    queues: () => queues.all(),
    inProgress: () => inProgress.all().map(fromRow),
    undelivered: () => undelivered.all().map(fromRow),
    counts(target) {
      const result = { queued: 0, inProgress: 0 };
      for (const { status, count } of counts.all(keyOf(target))) {
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

/** Only the fields that the statement uses; SQLite rejects others. */
function keyOf({ workspaceId, kind, ownerId, deploymentId }: AsyncTarget): AsyncTarget {
  return { workspaceId, kind, ownerId, deploymentId };
}

function toRow(request: ArrivedRequest & { readonly seq: number | null }): WrittenRow {
  const { seq, id, kind, input, priority, retry, status, attempts, result } = request;
  return {
    seq,
    id,
    workspace_id: request.workspaceId,
    kind,
    owner_id: request.ownerId,
    deployment_id: request.deploymentId,
    key_names: JSON.stringify(request.key),
    input,
    webhook_endpoint: request.webhookEndpoint,
    priority,
    max_attempts: retry.maxAttempts,
    initial_delay_ms: retry.initialDelayMs,
    max_delay_ms: retry.maxDelayMs,
    created_at: request.createdAt,
    expires_at: request.expiresAt,
    status,
    status_at: request.statusAt,
    webhook_status: request.webhookStatus,
    errors: JSON.stringify(request.errors),
    attempts,
    due_at: request.dueAt,
    result,
    webhook_attempts: request.webhookAttempts,
    completed_at: request.completedAt,
  };
}

function found(row: Row | undefined): AsyncRequest | null {
  return row ? fromRow(row) : null;
}

function fromRow(row: Row): AsyncRequest {
  const { seq, id, kind, input, priority, status, attempts, result } = row;
  const errors: PredictionFailure[] = JSON.parse(row.errors);
  const key: string[] = JSON.parse(row.key_names);
  return {
    seq,
    id,
    workspaceId: row.workspace_id,
    kind,
    ownerId: row.owner_id,
    deploymentId: row.deployment_id,
    key,
    input,
    webhookEndpoint: row.webhook_endpoint,
    priority,
    retry: {
      maxAttempts: row.max_attempts,
      initialDelayMs: row.initial_delay_ms,
      maxDelayMs: row.max_delay_ms,
    },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    status,
    statusAt: row.status_at,
    webhookStatus: row.webhook_status,
    errors,
    attempts,
    dueAt: row.due_at,
    result,
    webhookAttempts: row.webhook_attempts,
    completedAt: row.completed_at,
  };
}
