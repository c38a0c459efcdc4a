import type { LedgerEntry } from "../domain/journal.js";
import type { DayCount } from "../domain/limits/meter.js";
import type { LimitUnit } from "../domain/model.js";
import { columnsOf, fieldsOf, insertingInto, queriesOf, valuesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

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

/** Queries for stored entries, and the columns that they read. */
export function ledgerQueriesOf<Row extends LedgerRow>(db: Preparing) {
  return {
    columns: columnsOf(fieldsOf(db, "ledger")),
    ...queriesOf<Row>(db, { json: ["metadata"], flags: ["billed"] }),
  };
}

export function createLedgerStore(db: Preparing) {
  const fields = fieldsOf<LedgerEntry>(db, "ledger", "seq");
  const insert = insertingInto(db, "ledger", fields);
  const addToDay = db.prepare<[string, string, number, number, number]>(
    `INSERT INTO usage_days (group_id, slug, day, requests, tokens) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (group_id, slug, day) DO UPDATE
       SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens`,
  );
  const declare = db.prepare<[CountedAt & { readonly unit: LimitUnit }]>(
    `INSERT INTO declared_usage (group_id, slug, unit, at, requests, tokens)
     VALUES (:groupId, :slug, :unit, :at, :requests, :tokens)`,
  );
  const { columns, all } = ledgerQueriesOf<LedgerRow>(db);
  const lastSeq = db.prepare<[], number | null>("SELECT max(seq) FROM ledger").pluck();
  // Rows are in order of completion, so no index on time is needed.
  const newestFirst = db.prepare<[], CountedAt & { readonly completedAt: number }>(
    `SELECT group_id AS groupId, slug, admitted_at AS at, 1 AS requests,
       prompt_tokens + completion_tokens AS tokens, completed_at AS completedAt
     FROM ledger ORDER BY seq DESC`,
  );

  return {
    insert: (entries: readonly LedgerEntry[]) => insert(entries.map((entry) => valuesOf(entry, fields))),
    /** Adds to the totals of one (group, slug) and day. */
    addToDay: (groupId: string, slug: string, day: number, requests: number, tokens: number) =>
      void addToDay.run(groupId, slug, day, requests, tokens),
    /** Adds usage that a seed declares, by its unit (Y-10). */
    declare: (unit: LimitUnit, count: CountedAt) => void declare.run({ unit, ...count }),
    /** Declared usage of seconds and minutes at `since` or later, per counter. */
    declaredSince: queriesOf<CountedAt>(db).all<[since: number]>(
      "SELECT group_id AS groupId, slug, at, requests, tokens FROM declared_usage WHERE unit <> 'DAY' AND at >= ?",
    ),
    /** The latest day with traffic; null: no traffic ever (U-2). */
    lastDay: queriesOf<DayCount>(db).one<[groupId: string, slug: string]>(
      "SELECT day, requests, tokens FROM usage_days WHERE group_id = ? AND slug = ? ORDER BY day DESC LIMIT 1",
    ),
    /** At most `limit` billed entries of a workspace after row `seq`, in order of completion (W-10). */
    billedAfter: all<[workspaceId: string, seq: number, limit: number]>(
      `SELECT ${columns} FROM ledger WHERE workspace_id = ? AND seq > ? AND billed = 1 ORDER BY seq LIMIT ?`,
    ),
    lastSeq: () => lastSeq.get() ?? 0,
    /** Requests that ended at `since` or later, newest first; rebuilds the rolling windows (L-15). */
    endedSince(since: number): CountedAt[] {
      const counted: CountedAt[] = [];
      for (const { completedAt, ...count } of newestFirst.iterate()) {
        if (completedAt < since) break;
        counted.push(count);
      }
      return counted;
    },
  };
}
