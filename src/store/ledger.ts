import type { LedgerEntry } from "../domain/journal.js";
import type { DayCount } from "../domain/limits/meter.js";
import type { LimitUnit } from "../domain/model.js";
import { columnsOf, insertInto, valuesOf } from "./columns.js";
import type { Db } from "./database.js";

/** Usage of one (group, slug) at one instant. */
export interface CountedAt {
  readonly groupId: string;
  readonly slug: string;
  readonly at: number;
  readonly requests: number;
  readonly tokens: number;
}

/** A stored ledger entry. */
export type LedgerRow = Omit<LedgerEntry, "countedGroupIds"> & { readonly seq: number };

export interface LedgerStore {
  insert(entry: LedgerEntry): void;
  /** Adds to the totals of one (group, slug) and day. */
  addToDay(groupId: string, slug: string, day: number, requests: number, tokens: number): void;
  /** Adds usage that a seed declares, by its unit (Y-10). */
  declare(unit: LimitUnit, count: CountedAt): void;
  /** Declared usage of seconds and minutes at `since` or later, per counter. */
  declaredSince(since: number): CountedAt[];
  /** The latest day with traffic; null: no traffic ever (U-2). */
  lastDay(groupId: string, slug: string): DayCount | null;
  /** At most `limit` billed entries of a workspace after row `seq`, in order of completion (W-10). */
  billedAfter(workspaceId: string, seq: number, limit: number): LedgerRow[];
  lastSeq(): number;
  /** Requests that ended at `since` or later, newest first; rebuilds the rolling windows (L-15). */
  endedSince(since: number): CountedAt[];
}

/** A row with its fields in camel case; `metadata` is JSON. */
export type StoredLedgerRow = Omit<LedgerRow, "billed" | "metadata"> & {
  readonly billed: 0 | 1;
  readonly metadata: string | null;
};

const PLAIN_FIELDS = [
  "eventId",
  "workspaceId",
  "journalSeq",
  "requestId",
  "groupId",
  "externalEntityId",
  "keyPrefix",
  "slug",
  "admittedAt",
  "completedAt",
  "promptTokens",
  "completionTokens",
  "cachedTokens",
] as const satisfies readonly (keyof LedgerEntry)[];
const FIELDS = [...PLAIN_FIELDS, "billed", "metadata"];

/** The columns of a {@link StoredLedgerRow}. */
export const LEDGER_COLUMNS = columnsOf(["seq", ...FIELDS]);

export function createLedgerStore(db: Db): LedgerStore {
  const insert = db.prepare(insertInto("ledger", FIELDS));
  const addToDay = db.prepare<[string, string, number, number, number]>(
    `INSERT INTO usage_days (group_id, slug, day, requests, tokens) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (group_id, slug, day) DO UPDATE
       SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens`,
  );
  const declare = db.prepare<[string, string, LimitUnit, number, number, number]>(
    "INSERT INTO declared_usage (group_id, slug, unit, at, requests, tokens) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const declaredSince = db.prepare<[number], CountedAt>(
    "SELECT group_id AS groupId, slug, at, requests, tokens FROM declared_usage WHERE unit <> 'DAY' AND at >= ?",
  );
  const lastDay = db.prepare<[string, string], DayCount>(
    "SELECT day, requests, tokens FROM usage_days WHERE group_id = ? AND slug = ? ORDER BY day DESC LIMIT 1",
  );
  const billedAfter = db.prepare<[number, string, number], StoredLedgerRow>(
    `SELECT ${LEDGER_COLUMNS} FROM ledger WHERE seq > ? AND workspace_id = ? AND billed = 1 ORDER BY seq LIMIT ?`,
  );
  const lastSeq = db.prepare<[], { seq: number | null }>("SELECT max(seq) AS seq FROM ledger");
  // Rows are in order of completion, so no index on time is needed.
  const newestFirst = db.prepare<[], CountedAt & { readonly completedAt: number }>(
    `SELECT group_id AS groupId, slug, admitted_at AS at, 1 AS requests,
       prompt_tokens + completion_tokens AS tokens, completed_at AS completedAt
     FROM ledger ORDER BY seq DESC`,
  );

  return {
    insert(entry) {
      const metadata = entry.metadata && JSON.stringify(entry.metadata);
      insert.run(valuesOf(entry, PLAIN_FIELDS), entry.billed ? 1 : 0, metadata);
    },
    addToDay: (groupId, slug, day, requests, tokens) =>
      void addToDay.run(groupId, slug, day, requests, tokens),
    declare: (unit, { groupId, slug, at, requests, tokens }) =>
      void declare.run(groupId, slug, unit, at, requests, tokens),
    declaredSince: (since) => declaredSince.all(since),
    lastDay: (groupId, slug) => lastDay.get(groupId, slug) ?? null,
    billedAfter: (workspaceId, seq, limit) => billedAfter.all(seq, workspaceId, limit).map(ledgerRowOf),
    lastSeq: () => lastSeq.get()?.seq ?? 0,
    endedSince(since) {
      const counted: CountedAt[] = [];
      for (const { completedAt, ...count } of newestFirst.iterate()) {
        if (completedAt < since) break;
        counted.push(count);
      }
      return counted;
    },
  };
}

export function ledgerRowOf({ billed, metadata, ...entry }: StoredLedgerRow): LedgerRow {
  return { ...entry, billed: billed === 1, metadata: metadata === null ? null : JSON.parse(metadata) };
}
