import type { JournalEntry, JournalFilter } from "../domain/journal.js";
import type { Db } from "./database.js";

/** A row with its fields in camel case; `notes` is JSON. */
type JournalRow = Omit<JournalEntry, "notes"> & { readonly notes: string | null };

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
const SELECT = `
  SELECT seq, at, duration_ms AS durationMs, surface, method, path, status, key_prefix AS keyPrefix,
    group_id AS groupId, external_entity_id AS externalEntityId, slug, prompt_tokens AS promptTokens,
    completion_tokens AS completionTokens, error, hint, notes, decision, request AS requestBody,
    response AS responseBody
  FROM journal LEFT JOIN journal_bodies USING (seq)`;

const FILTER = `
  (:method IS NULL OR method = :method) AND (:path IS NULL OR path = :path)
  AND (:status IS NULL OR status = :status) AND (:surface IS NULL OR surface = :surface)
  AND (:key IS NULL OR key_prefix = :key) AND (:slug IS NULL OR slug = :slug)
  AND (:group IS NULL OR group_id = :group OR external_entity_id = :group)
  AND (:error IS NULL OR error = :error)`;

export function createJournalStore(db: Db): JournalStore {
  const insert = db.prepare("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  const insertBodies = db.prepare("INSERT INTO journal_bodies VALUES (?,?,?)");
  const bySeq = db.prepare<[number], JournalRow>(`${SELECT} WHERE seq = ?`);
  const page = db.prepare<[object], JournalRow>(
    `${SELECT} WHERE seq > :after AND ${FILTER} ORDER BY seq LIMIT :limit`,
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

function fromRow({ notes, ...entry }: JournalRow): JournalEntry {
  return { ...entry, notes: notes === null ? [] : JSON.parse(notes) };
}
