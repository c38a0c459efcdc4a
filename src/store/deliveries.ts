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
  /** What a fault does to it, as JSON text. */
  readonly flaws: string | null;
  readonly state: DeliveryState;
  /** Why it is dead. */
  readonly reason: string | null;
  readonly createdAt: number;
  /** When its first attempt began, or its first since a redrive. */
  readonly startedAt: number | null;
  /** When its next attempt is due. */
  readonly dueAt: number;
  /** Since its start or redrive. */
  readonly attempts: number;
}

export interface Attempt {
  readonly number: number;
  readonly at: number;
  readonly durationMs: number;
  readonly status: number | null;
  readonly error: string | null;
  /** The first characters of the receiver's answer. */
  readonly answer: string | null;
}

interface Row {
  seq: number;
  id: string;
  workspace_id: string;
  url: string;
  body: string;
  flaws: string | null;
  state: DeliveryState;
  reason: string | null;
  created_at: number;
  started_at: number | null;
  due_at: number;
  attempts: number;
}

interface AttemptRow {
  number: number;
  at: number;
  duration_ms: number;
  status: number | null;
  error: string | null;
  answer: string | null;
}

export interface DeliveryStore {
  /** @param ledgerSeqs the events it carries */
  insert(delivery: Omit<Delivery, "seq">, ledgerSeqs: readonly number[]): number;
  update(delivery: Pick<Delivery, "seq" | "state" | "reason" | "startedAt" | "dueAt" | "attempts">): void;
  bySeq(seq: number): Delivery | null;
  byId(id: string): Delivery | null;
  /** At most `limit` after `after`, oldest first. */
  page(state: DeliveryState | null, after: number, limit: number): Delivery[];
  pending(workspaceId: string): Delivery[];
  addAttempt(deliverySeq: number, attempt: Omit<Attempt, "number">): void;
  attempts(deliverySeq: number): Attempt[];
  /** The last ledger row that became part of a delivery, or was passed over (W-8). */
  handedOver(workspaceId: string): number;
  setHandedOver(workspaceId: string, ledgerSeq: number): void;
  /** Starts a workspace's outbox behind this ledger row, unless it has one. */
  begin(workspaceId: string, ledgerSeq: number): void;
  counts(): Readonly<Record<DeliveryState, number>>;
}

export function createDeliveryStore(db: Db): DeliveryStore {
  const insert = db.prepare(
    `INSERT INTO deliveries (id, workspace_id, url, body, flaws, state, reason, created_at, started_at, due_at, attempts)
     VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
  );
  const link = db.prepare<[number, number]>(
    "INSERT INTO delivery_events (delivery_seq, ledger_seq) VALUES (?, ?)",
  );
  const update = db.prepare(
    "UPDATE deliveries SET state = ?, reason = ?, started_at = ?, due_at = ?, attempts = ? WHERE seq = ?",
  );
  const bySeq = db.prepare<[number], Row>("SELECT * FROM deliveries WHERE seq = ?");
  const byId = db.prepare<[string], Row>("SELECT * FROM deliveries WHERE id = ?");
  const page = db.prepare<[{ state: string | null; after: number; limit: number }], Row>(
    "SELECT * FROM deliveries WHERE seq > :after AND (:state IS NULL OR state = :state) ORDER BY seq LIMIT :limit",
  );
  const pending = db.prepare<[string], Row>(
    "SELECT * FROM deliveries WHERE workspace_id = ? AND state = 'pending' ORDER BY seq",
  );
  const addAttempt = db.prepare(
    `INSERT INTO delivery_attempts (delivery_seq, number, at, duration_ms, status, error, answer)
     VALUES (:seq, (SELECT count(*) + 1 FROM delivery_attempts WHERE delivery_seq = :seq),
       :at, :duration, :status, :error, :answer)`,
  );
  const attempts = db.prepare<[number], AttemptRow>(
    "SELECT * FROM delivery_attempts WHERE delivery_seq = ? ORDER BY number",
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
  const counts = db.prepare<[], { state: DeliveryState; count: number }>(
    "SELECT state, count(*) AS count FROM deliveries GROUP BY state",
  );

  return {
    insert(delivery, ledgerSeqs) {
      const { id, workspaceId, url, body, flaws, state, reason, createdAt, startedAt, dueAt, attempts } =
        delivery;
      const seq = Number(
        insert.run(id, workspaceId, url, body, flaws, state, reason, createdAt, startedAt, dueAt, attempts)
          .lastInsertRowid,
      );
      for (const ledgerSeq of ledgerSeqs) link.run(seq, ledgerSeq);
      return seq;
    },
    update: ({ seq, state, reason, startedAt, dueAt, attempts }) =>
      void update.run(state, reason, startedAt, dueAt, attempts, seq),
    bySeq: (seq) => fromRow(bySeq.get(seq)),
    byId: (id) => fromRow(byId.get(id)),
    page: (state, after, limit) => fromRows(page.all({ state, after, limit })),
    pending: (workspaceId) => fromRows(pending.all(workspaceId)),
    addAttempt: (seq, { at, durationMs, status, error, answer }) =>
      void addAttempt.run({ seq, at, duration: durationMs, status, error, answer }),
    attempts: (seq) =>
      attempts.all(seq).map(({ number, at, duration_ms, status, error, answer }) => {
        return { number, at, durationMs: duration_ms, status, error, answer };
      }),
    handedOver: (workspaceId) => handedOver.get(workspaceId)?.handed_over ?? 0,
    setHandedOver: (workspaceId, ledgerSeq) => void setHandedOver.run({ workspaceId, seq: ledgerSeq }),
    begin: (workspaceId, ledgerSeq) => void begin.run(workspaceId, ledgerSeq, ledgerSeq),
    counts() {
      const result = { pending: 0, delivered: 0, dead: 0 };
      for (const { state, count } of counts.all()) result[state] = count;
      return result;
    },
  };
}

function fromRows(rows: readonly Row[]): Delivery[] {
  return rows.map(fromRow).filter((delivery) => delivery !== null);
}

function fromRow(row: Row | undefined): Delivery | null {
  if (!row) return null;
  const { seq, id, url, body, flaws, state, reason, attempts } = row;
  return {
    seq,
    id,
    workspaceId: row.workspace_id,
    url,
    body,
    flaws,
    state,
    reason,
    createdAt: row.created_at,
    startedAt: row.started_at,
    dueAt: row.due_at,
    attempts,
  };
}
