import type { JournalEntry, JournalFilter, Surface } from "../domain/journal.js";
import type { Db } from "./database.js";

interface JournalRow {
  seq: number;
  at: number;
  duration_ms: number;
  surface: Surface;
  method: string;
  path: string;
  status: number;
  key_prefix: string | null;
  group_id: string | null;
  external_entity_id: string | null;
  slug: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  error: string | null;
  hint: string | null;
  notes: string | null;
  decision: string | null;
  request: string | null;
  response: string | null;
}

export interface JournalStore {
  insert(entry: JournalEntry): void;
  bySeq(seq: number): JournalEntry | null;
  /** At most `limit` entries after number `after`, oldest first. */
  page(filter: JournalFilter, after: number, limit: number): JournalEntry[];
  count(filter: JournalFilter): number;
  clear(): void;
  lastSeq(): number;
  /** Deletes the bodies of entries up to and including `seq`. */
  dropBodies(seq: number): void;
}

/** Bodies have their own table, so that deleting them frees whole pages and rewrites no entry. */
const JOINED = "journal LEFT JOIN journal_bodies USING (seq)";

const FILTER = `
  (:method IS NULL OR method = :method) AND (:path IS NULL OR path = :path)
  AND (:status IS NULL OR status = :status) AND (:surface IS NULL OR surface = :surface)
  AND (:key IS NULL OR key_prefix = :key) AND (:slug IS NULL OR slug = :slug)
  AND (:group IS NULL OR group_id = :group OR external_entity_id = :group)
  AND (:error IS NULL OR error = :error)`;

export function createJournalStore(db: Db): JournalStore {
  const insert = db.prepare("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  const insertBodies = db.prepare("INSERT INTO journal_bodies VALUES (?,?,?)");
  const bySeq = db.prepare<[number], JournalRow>(`SELECT * FROM ${JOINED} WHERE seq = ?`);
  const page = db.prepare<[object], JournalRow>(
    `SELECT * FROM ${JOINED} WHERE seq > :after AND ${FILTER} ORDER BY seq LIMIT :limit`,
  );
  const count = db.prepare<[object], { count: number }>(
    `SELECT count(*) AS count FROM journal WHERE ${FILTER}`,
  );
  const clear = db.prepare("DELETE FROM journal");
  const clearBodies = db.prepare("DELETE FROM journal_bodies");
  const lastSeq = db.prepare<[], { seq: number | null }>("SELECT max(seq) AS seq FROM journal");
  const dropBodies = db.prepare<[number]>("DELETE FROM journal_bodies WHERE seq <= ?");

  return {
    insert(entry) {
      insert.run(
        entry.seq,
        entry.at,
        entry.durationMs,
        entry.surface,
        entry.method,
        entry.path,
        entry.status,
        entry.keyPrefix,
        entry.groupId,
        entry.externalEntityId,
        entry.slug,
        entry.promptTokens,
        entry.completionTokens,
        entry.error,
        entry.hint,
        entry.notes.length === 0 ? null : JSON.stringify(entry.notes),
        entry.decision,
      );
      insertBodies.run(entry.seq, entry.requestBody, entry.responseBody);
    },
    bySeq(seq) {
      const row = bySeq.get(seq);
      return row ? fromRow(row) : null;
    },
    page: (filter, after, limit) => page.all({ ...parameters(filter), after, limit }).map(fromRow),
    count: (filter) => count.get(parameters(filter))?.count ?? 0,
    clear() {
      clear.run();
      clearBodies.run();
    },
    lastSeq: () => lastSeq.get()?.seq ?? 0,
    dropBodies: (seq) => void dropBodies.run(seq),
  };
}

function parameters(filter: JournalFilter) {
  return {
    method: filter.method ?? null,
    path: filter.path ?? null,
    status: filter.status ?? null,
    surface: filter.surface ?? null,
    key: filter.key ?? null,
    group: filter.group ?? null,
    slug: filter.slug ?? null,
    error: filter.error ?? null,
  };
}

function fromRow(row: JournalRow): JournalEntry {
  const notes: string[] = row.notes === null ? [] : JSON.parse(row.notes);
  return {
    seq: row.seq,
    at: row.at,
    durationMs: row.duration_ms,
    surface: row.surface,
    method: row.method,
    path: row.path,
    status: row.status,
    keyPrefix: row.key_prefix,
    groupId: row.group_id,
    externalEntityId: row.external_entity_id,
    slug: row.slug,
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    error: row.error,
    hint: row.hint,
    notes,
    decision: row.decision,
    requestBody: row.request,
    responseBody: row.response,
  };
}
