import type { LedgerEntry } from "../domain/journal.js";
import type { DayCount } from "../domain/limits/meter.js";
import type { LimitUnit } from "../domain/model.js";
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

export interface FullLedgerRow extends UsageRow {
  seq: number;
  event_id: string;
  workspace_id: string;
  journal_seq: number;
  request_id: string;
  external_entity_id: string;
  key_prefix: string;
  cached_tokens: number;
  billed: number;
  metadata: string | null;
}

interface UsageRow {
  group_id: string;
  slug: string;
  admitted_at: number;
  completed_at: number;
  prompt_tokens: number;
  completion_tokens: number;
}

export function createLedgerStore(db: Db): LedgerStore {
  const insert = db.prepare(
    `INSERT INTO ledger (event_id, workspace_id, journal_seq, request_id, group_id, external_entity_id, key_prefix, slug,
       admitted_at, completed_at, prompt_tokens, completion_tokens, cached_tokens, billed, metadata)
     VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
  );
  const addToDay = db.prepare<[string, string, number, number, number]>(
    `INSERT INTO usage_days (group_id, slug, day, requests, tokens) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (group_id, slug, day) DO UPDATE
       SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens`,
  );
  const declare = db.prepare<[string, string, LimitUnit, number, number, number]>(
    "INSERT INTO declared_usage (group_id, slug, unit, at, requests, tokens) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const declaredSince = db.prepare<[number], Omit<CountedAt, "groupId"> & { group_id: string }>(
    "SELECT group_id, slug, at, requests, tokens FROM declared_usage WHERE unit <> 'DAY' AND at >= ?",
  );
  const lastDay = db.prepare<[string, string], DayCount>(
    "SELECT day, requests, tokens FROM usage_days WHERE group_id = ? AND slug = ? ORDER BY day DESC LIMIT 1",
  );
  const billedAfter = db.prepare<[number, string, number], FullLedgerRow>(
    "SELECT * FROM ledger WHERE seq > ? AND workspace_id = ? AND billed = 1 ORDER BY seq LIMIT ?",
  );
  const lastSeq = db.prepare<[], { seq: number | null }>("SELECT max(seq) AS seq FROM ledger");
  // Rows are in order of completion, so no index on time is needed.
  const newestFirst = db.prepare<[], UsageRow>(
    `SELECT group_id, slug, admitted_at, completed_at, prompt_tokens, completion_tokens
     FROM ledger ORDER BY seq DESC`,
  );

  return {
    insert: (entry) =>
      void insert.run(
        entry.eventId,
        entry.workspaceId,
        entry.journalSeq,
        entry.requestId,
        entry.groupId,
        entry.externalEntityId,
        entry.keyPrefix,
        entry.slug,
        entry.admittedAt,
        entry.completedAt,
        entry.promptTokens,
        entry.completionTokens,
        entry.cachedTokens,
        entry.billed ? 1 : 0,
        entry.metadata === null ? null : JSON.stringify(entry.metadata),
      ),
    addToDay: (groupId, slug, day, requests, tokens) =>
      void addToDay.run(groupId, slug, day, requests, tokens),
    declare: (unit, { groupId, slug, at, requests, tokens }) =>
      void declare.run(groupId, slug, unit, at, requests, tokens),
    declaredSince: (since) =>
      declaredSince.all(since).map(({ group_id, ...count }) => ({ groupId: group_id, ...count })),
    lastDay: (groupId, slug) => lastDay.get(groupId, slug) ?? null,
    billedAfter: (workspaceId, seq, limit) => billedAfter.all(seq, workspaceId, limit).map(ledgerRowOf),
    lastSeq: () => lastSeq.get()?.seq ?? 0,
    endedSince(since) {
      const counted: CountedAt[] = [];
      for (const row of newestFirst.iterate()) {
        if (row.completed_at < since) break;
        counted.push({
          groupId: row.group_id,
          slug: row.slug,
          at: row.admitted_at,
          requests: 1,
          tokens: row.prompt_tokens + row.completion_tokens,
        });
      }
      return counted;
    },
  };
}

export function ledgerRowOf(row: FullLedgerRow): LedgerRow {
  const metadata: Record<string, unknown> | null = row.metadata === null ? null : JSON.parse(row.metadata);
  return {
    seq: row.seq,
    eventId: row.event_id,
    workspaceId: row.workspace_id,
    journalSeq: row.journal_seq,
    requestId: row.request_id,
    groupId: row.group_id,
    externalEntityId: row.external_entity_id,
    keyPrefix: row.key_prefix,
    slug: row.slug,
    admittedAt: row.admitted_at,
    completedAt: row.completed_at,
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    cachedTokens: row.cached_tokens,
    billed: row.billed === 1,
    metadata,
  };
}
