import type { WebhookFault } from "../domain/faults.js";
import { assignmentsOf, columnsOf, fieldsOf, insertInto, queriesOf, valuesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

export type DeliveryState = "pending" | "delivered" | "dead";

/** One POST to a webhook, with all its retries. */
export interface Delivery {
  readonly seq: number;
  /** UUID: `X-Baseten-Request-ID`, the same on every retry (W-4). */
  readonly id: string;
  readonly workspaceId: string;
  readonly url: string;
  readonly body: string;
  /** The fault on this delivery. */
  readonly fault: WebhookFault | null;
  readonly state: DeliveryState;
  /** Why it is dead. */
  readonly reason: string | null;
  readonly createdAt: number;
  /** When its first attempt began; reset by a redrive. */
  readonly startedAt: number | null;
  /** When its next attempt is due. */
  readonly dueAt: number;
  /** Number of attempts; reset by a redrive. */
  readonly attempts: number;
}

/** One attempt at a delivery. */
export interface Attempt {
  readonly number: number;
  readonly at: number;
  readonly durationMs: number;
  readonly status: number | null;
  readonly error: string | null;
  /** The first characters of the receiver's answer. */
  readonly answer: string | null;
}

/** The fields that an update changes. */
const CHANGING = ["state", "reason", "startedAt", "dueAt", "attempts"] as const;

/** Filter for deliveries; all given fields must match. */
export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  /** `idempotencyKey` of one of its events. */
  readonly event?: string | undefined;
}

export function createDeliveryStore(db: Preparing) {
  const fields = fieldsOf<Omit<Delivery, "seq">>(db, "deliveries", "seq", "flaws");
  const select = `SELECT seq, ${columnsOf(fields)}, flaws AS fault FROM deliveries`;
  const { one, all } = queriesOf<Delivery>(db, { json: ["fault"] });
  const insert = db.prepare(insertInto("deliveries", [...fields, "flaws"]));
  const link = db.prepare<[number, number]>(
    "INSERT INTO delivery_events (delivery_seq, ledger_seq) VALUES (?, ?)",
  );
  const update = db.prepare(`UPDATE deliveries SET ${assignmentsOf(CHANGING)} WHERE seq = ?`);
  const revive = db.prepare<[object]>(
    `UPDATE deliveries SET state = 'pending', reason = NULL, flaws = NULL, url = :url, started_at = NULL,
       due_at = :dueAt, attempts = 0
     WHERE state = 'dead' AND workspace_id = :workspaceId AND (:seq IS NULL OR seq = :seq)`,
  );
  const page = all<[object]>(
    `${select} WHERE seq > :after AND (:state IS NULL OR state = :state)
       AND (:event IS NULL OR EXISTS (
         SELECT 1 FROM delivery_events JOIN ledger ON ledger.seq = ledger_seq
         WHERE delivery_seq = deliveries.seq AND event_id = :event))
     ORDER BY seq LIMIT :limit`,
  );
  const addAttempt = db.prepare(
    `INSERT INTO delivery_attempts (delivery_seq, number, at, duration_ms, status, error, answer)
     VALUES (:seq, (SELECT count(*) + 1 FROM delivery_attempts WHERE delivery_seq = :seq),
       :at, :durationMs, :status, :error, :answer)`,
  );
  const handedOver = db
    .prepare<[string], number>("SELECT handed_over FROM outbox WHERE workspace_id = ?")
    .pluck();
  const setHandedOver = db.prepare<[{ workspaceId: string; seq: number }]>(
    "UPDATE outbox SET handed_over = :seq WHERE workspace_id = :workspaceId",
  );
  const begin = db.prepare<[string, number, number]>(
    `INSERT INTO outbox (workspace_id, began_after, handed_over) VALUES (?, ?, ?)
     ON CONFLICT (workspace_id) DO NOTHING`,
  );

  return {
    /** @param ledgerSeqs ledger rows of its events. @returns its number */
    insert(delivery: Omit<Delivery, "seq">, ledgerSeqs: readonly number[]): number {
      const fault = delivery.fault && JSON.stringify(delivery.fault);
      const seq = Number(insert.run(...valuesOf(delivery, fields), fault).lastInsertRowid);
      for (const ledgerSeq of ledgerSeqs) link.run(seq, ledgerSeq);
      return seq;
    },
    update: (delivery: Pick<Delivery, "seq" | (typeof CHANGING)[number]>) =>
      void update.run(...valuesOf(delivery, CHANGING), delivery.seq),
    /** Makes a dead delivery pending again, without its fault; null: all of the workspace. @returns their number */
    revive: (seq: number | null, workspaceId: string, url: string, dueAt: number) =>
      revive.run({ seq, workspaceId, url, dueAt }).changes,
    bySeq: one<[seq: number]>(`${select} WHERE seq = ?`),
    byId: one<[id: string]>(`${select} WHERE id = ?`),
    /** At most `limit` deliveries after number `after`, oldest first. */
    page: ({ state, event }: DeliveryFilter, after: number, limit: number) =>
      page({ state, event, after, limit }),
    /** The first pending delivery after number `after`. */
    nextPending: one<[workspaceId: string, after: number]>(
      `${select} WHERE workspace_id = ? AND state = 'pending' AND seq > ? ORDER BY seq LIMIT 1`,
    ),
    addAttempt: (deliverySeq: number, attempt: Omit<Attempt, "number">) =>
      void addAttempt.run({ seq: deliverySeq, ...attempt }),
    attempts: queriesOf<Attempt>(db).all<[deliverySeq: number]>(
      `SELECT number, at, duration_ms AS durationMs, status, error, answer FROM delivery_attempts
       WHERE delivery_seq = ? ORDER BY number`,
    ),
    /** The last ledger row that the outbox has processed (W-8). */
    handedOver: (workspaceId: string) => handedOver.get(workspaceId) ?? 0,
    setHandedOver: (workspaceId: string, ledgerSeq: number) =>
      void setHandedOver.run({ workspaceId, seq: ledgerSeq }),
    /** Starts a workspace's outbox after this ledger row, unless it has one. */
    begin: (workspaceId: string, ledgerSeq: number) => void begin.run(workspaceId, ledgerSeq, ledgerSeq),
  };
}
