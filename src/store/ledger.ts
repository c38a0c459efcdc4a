import type { LedgerEntry } from "../domain/journal.js";
import type { Db } from "./database.js";

/** What one (group, slug) admitted at one instant. */
export interface CountedAt {
  readonly groupId: string;
  readonly slug: string;
  readonly at: number;
  readonly requests: number;
  readonly tokens: number;
}

/** Totals of one UTC day; `day` counts days since the epoch. */
export interface DayTotal {
  readonly day: number;
  readonly requests: number;
  readonly tokens: number;
}

export interface LedgerStore {
  insert(entry: LedgerEntry): void;
  /** Adds to the day's totals of one (group, slug). */
  addToDay(groupId: string, slug: string, day: number, requests: number, tokens: number): void;
  /** Declares traffic that no request made: what a seed says was used already. */
  addToWindow(count: CountedAt): void;
  /** What seeds declared at `since` or later, per counter, not per request. */
  declaredSince(since: number): CountedAt[];
  /** The newest day with traffic, or null when there never was any (U-2). */
  lastDay(groupId: string, slug: string): DayTotal | null;
  /** Requests that ended at `since` or later, newest first: what rolling windows are rebuilt from (L-15). */
  endedSince(since: number): CountedAt[];
}

interface Row {
  group_id: string;
  slug: string;
  admitted_at: number;
  completed_at: number;
  prompt_tokens: number;
  completion_tokens: number;
}

export function createLedgerStore(db: Db): LedgerStore {
  const insert = db.prepare(
    `INSERT INTO ledger (journal_seq, request_id, group_id, external_entity_id, key_prefix, slug,
       admitted_at, completed_at, prompt_tokens, completion_tokens, cached_tokens, billed, metadata)
     VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
  );
  const addToDay = db.prepare<[string, string, number, number, number]>(
    `INSERT INTO usage_days (group_id, slug, day, requests, tokens) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (group_id, slug, day) DO UPDATE
       SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens`,
  );
  const addToWindow = db.prepare<[string, string, number, number, number]>(
    "INSERT INTO window_counts (group_id, slug, at, requests, tokens) VALUES (?, ?, ?, ?, ?)",
  );
  const declaredSince = db.prepare<[number], Omit<CountedAt, "groupId"> & { group_id: string }>(
    "SELECT group_id, slug, at, requests, tokens FROM window_counts WHERE at >= ?",
  );
  const lastDay = db.prepare<[string, string], DayTotal>(
    "SELECT day, requests, tokens FROM usage_days WHERE group_id = ? AND slug = ? ORDER BY day DESC LIMIT 1",
  );
  // Rows are written in order of completion, so the newest ones answer without an index on time.
  const newestFirst = db.prepare<[], Row>(
    `SELECT group_id, slug, admitted_at, completed_at, prompt_tokens, completion_tokens
     FROM ledger ORDER BY seq DESC`,
  );

  return {
    insert: (entry) =>
      void insert.run(
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
    addToWindow: ({ groupId, slug, at, requests, tokens }) =>
      void addToWindow.run(groupId, slug, at, requests, tokens),
    declaredSince: (since) =>
      declaredSince.all(since).map(({ group_id, ...count }) => ({ groupId: group_id, ...count })),
    lastDay: (groupId, slug) => lastDay.get(groupId, slug) ?? null,
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
