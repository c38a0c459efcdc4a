import type { WebhookFault } from "../domain/faults.js";
import { assignmentsOf, columnsOf, insertInto, valuesOf } from "./columns.js";
import type { Db } from "./database.js";

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

/** A row with its fields in camel case; `flaws` is the fault as JSON. */
type Row = Omit<Delivery, "fault"> & { readonly flaws: string | null };

/** The fields that an update changes. */
const CHANGING = ["state", "reason", "startedAt", "dueAt", "attempts"] as const;
const FIELDS = [
  "id",
  "workspaceId",
  "url",
  "body",
  "flaws",
  "createdAt",
  ...CHANGING,
] as const satisfies readonly (keyof Row)[];

/** Filter for deliveries; all given fields must match. */
export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  /** `idempotencyKey` of one of its events. */
  readonly event?: string | undefined;
}

export interface DeliveryStore {
  /** @param ledgerSeqs ledger rows of its events. @returns its number */
  insert(delivery: Omit<Delivery, "seq">, ledgerSeqs: readonly number[]): number;
  update(delivery: Pick<Delivery, "seq" | "state" | "reason" | "startedAt" | "dueAt" | "attempts">): void;
  /** Makes a dead delivery pending again, without its fault; null: all of the workspace. @returns their number */
  revive(seq: number | null, workspaceId: string, url: string, dueAt: number): number;
  bySeq(seq: number): Delivery | null;
  byId(id: string): Delivery | null;
  /** At most `limit` deliveries after number `after`, oldest first. */
  page(filter: DeliveryFilter, after: number, limit: number): Delivery[];
  /** The first pending delivery after number `after`. */
  nextPending(workspaceId: string, after: number): Delivery | null;
  addAttempt(deliverySeq: number, attempt: Omit<Attempt, "number">): void;
  attempts(deliverySeq: number): Attempt[];
  /** The last ledger row that the outbox has processed (W-8). */
  handedOver(workspaceId: string): number;
  setHandedOver(workspaceId: string, ledgerSeq: number): void;
  /** Starts a workspace's outbox after this ledger row, unless it has one. */
  begin(workspaceId: string, ledgerSeq: number): void;
}

export function createDeliveryStore(db: Db): DeliveryStore {
  const columns = columnsOf(["seq", ...FIELDS]);
  const insert = db.prepare(insertInto("deliveries", FIELDS));
  const link = db.prepare<[number, number]>(
    "INSERT INTO delivery_events (delivery_seq, ledger_seq) VALUES (?, ?)",
  );
  const update = db.prepare(`UPDATE deliveries SET ${assignmentsOf(CHANGING)} WHERE seq = ?`);
  const bySeq = db.prepare<[number], Row>(`SELECT ${columns} FROM deliveries WHERE seq = ?`);
  const byId = db.prepare<[string], Row>(`SELECT ${columns} FROM deliveries WHERE id = ?`);
  const revive = db.prepare<[object]>(
    `UPDATE deliveries SET state = 'pending', reason = NULL, flaws = NULL, url = :url, started_at = NULL,
       due_at = :dueAt, attempts = 0
     WHERE state = 'dead' AND workspace_id = :workspaceId AND (:seq IS NULL OR seq = :seq)`,
  );
  const page = db.prepare<[object], Row>(
    `SELECT ${columns} FROM deliveries WHERE seq > :after AND (:state IS NULL OR state = :state)
       AND (:event IS NULL OR EXISTS (
         SELECT 1 FROM delivery_events JOIN ledger ON ledger.seq = ledger_seq
         WHERE delivery_seq = deliveries.seq AND event_id = :event))
     ORDER BY seq LIMIT :limit`,
  );
  const nextPending = db.prepare<[string, number], Row>(
    `SELECT ${columns} FROM deliveries WHERE workspace_id = ? AND state = 'pending' AND seq > ? ORDER BY seq LIMIT 1`,
  );
  const addAttempt = db.prepare(
    `INSERT INTO delivery_attempts (delivery_seq, number, at, duration_ms, status, error, answer)
     VALUES (:seq, (SELECT count(*) + 1 FROM delivery_attempts WHERE delivery_seq = :seq),
       :at, :durationMs, :status, :error, :answer)`,
  );
  const attempts = db.prepare<[number], Attempt>(
    "SELECT number, at, duration_ms AS durationMs, status, error, answer FROM delivery_attempts WHERE delivery_seq = ? ORDER BY number",
  );
  const handedOver = db.prepare<[string], { handed_over: number }>(
    "SELECT handed_over FROM outbox WHERE workspace_id = ?",
  );
  const setHandedOver = db.prepare<[{ workspaceId: string; seq: number }]>(
    "UPDATE outbox SET handed_over = :seq WHERE workspace_id = :workspaceId",
  );
  const begin = db.prepare<[string, number, number]>(
    `INSERT INTO outbox (workspace_id, began_after, handed_over) VALUES (?, ?, ?)
     ON CONFLICT (workspace_id) DO NOTHING`,
  );

  return {
    insert({ fault, ...delivery }, ledgerSeqs) {
      const { lastInsertRowid } = insert.run(
        valuesOf({ ...delivery, flaws: fault && JSON.stringify(fault) }, FIELDS),
      );
      const seq = Number(lastInsertRowid);
      for (const ledgerSeq of ledgerSeqs) link.run(seq, ledgerSeq);
      return seq;
    },
    update: (delivery) => void update.run(valuesOf(delivery, CHANGING), delivery.seq),
    revive: (seq, workspaceId, url, dueAt) => revive.run({ seq, workspaceId, url, dueAt }).changes,
    bySeq: (seq) => found(bySeq.get(seq)),
    byId: (id) => found(byId.get(id)),
    page: ({ state, event }, after, limit) =>
      page.all({ state: state ?? null, event: event ?? null, after, limit }).map(fromRow),
    nextPending: (workspaceId, after) => found(nextPending.get(workspaceId, after)),
    addAttempt: (seq, attempt) => void addAttempt.run({ seq, ...attempt }),
    attempts: (seq) => attempts.all(seq),
    handedOver: (workspaceId) => handedOver.get(workspaceId)?.handed_over ?? 0,
    setHandedOver: (workspaceId, ledgerSeq) => void setHandedOver.run({ workspaceId, seq: ledgerSeq }),
    begin: (workspaceId, ledgerSeq) => void begin.run(workspaceId, ledgerSeq, ledgerSeq),
  };
}

function found(row: Row | undefined): Delivery | null {
  return row ? fromRow(row) : null;
}

function fromRow({ flaws, ...delivery }: Row): Delivery {
  return { ...delivery, fault: flaws === null ? null : JSON.parse(flaws) };
}
