import type { JournalEntry, JournalFilter } from "../domain/journal.js";
import { columnsOf, fieldsOf, insertingInto, queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

const FILTER = `
  (:method IS NULL OR method = :method) AND (:path IS NULL OR path = :path)
  AND (:status IS NULL OR status = :status) AND (:surface IS NULL OR surface = :surface)
  AND (:key IS NULL OR key_prefix = :key) AND (:slug IS NULL OR slug = :slug)
  AND (:group IS NULL OR group_id = :group OR external_entity_id = :group)
  AND (:error IS NULL OR error = :error)`;

export function createJournalStore(db: Preparing) {
  const fields = fieldsOf<JournalEntry>(db, "journal");
  // Bodies have their own table, so that deleting them frees whole pages and rewrites no entry.
  const select = `
    SELECT ${columnsOf(fields.filter((field) => field !== "notes"))}, coalesce(notes, '[]') AS notes, request AS requestBody, response AS responseBody
    FROM journal LEFT JOIN journal_bodies USING (seq)`;
  const { one, all } = queriesOf<JournalEntry>(db, { json: ["notes"] });
  const insert = insertingInto(db, "journal", fields);
  const insertBodies = insertingInto(db, "journal_bodies", ["seq", "request", "response"]);
  const page = all<[object]>(`${select} WHERE seq > :after AND ${FILTER} ORDER BY seq LIMIT :limit`);
  const count = db.prepare<[object], number>(`SELECT count(*) FROM journal WHERE ${FILTER}`).pluck();
  const clear = db.prepare("DELETE FROM journal");
  const clearBodies = db.prepare("DELETE FROM journal_bodies");
  const total = db.prepare<[], number>("SELECT count(*) FROM journal").pluck();
  const dropOldest = db.prepare<[number]>(
    "DELETE FROM journal WHERE seq IN (SELECT seq FROM journal ORDER BY seq LIMIT ?)",
  );
  const dropOrphans = db.prepare("DELETE FROM journal_bodies WHERE seq < (SELECT min(seq) FROM journal)");
  const lastSeq = db.prepare<[], number | null>("SELECT max(seq) FROM journal").pluck();
  const dropBodies = db.prepare<[number]>("DELETE FROM journal_bodies WHERE seq <= ?");

  return {
    insert(entries: readonly JournalEntry[]): void {
      insert(entries.map(valuesOf));
      insertBodies(entries.map(({ seq, requestBody, responseBody }) => [seq, requestBody, responseBody]));
    },
    bySeq: one<[seq: number]>(`${select} WHERE seq = ?`),
    /** At most `limit` entries after number `after`, oldest first. */
    page: (filter: JournalFilter, after: number, limit: number) =>
      page({ ...parametersOf(filter), after, limit }),
    count: (filter: JournalFilter) => count.get(parametersOf(filter)) ?? 0,
    clear(): void {
      clear.run();
      clearBodies.run();
    },
    /** Number of entries; reads all of them. */
    total: () => total.get() ?? 0,
    /** Deletes so many of the oldest entries, with their bodies. */
    dropOldest(entries: number): void {
      dropOldest.run(entries);
      dropOrphans.run();
    },
    lastSeq: () => lastSeq.get() ?? 0,
    /** Deletes the bodies of entries up to and including `seq`. */
    dropBodies: (seq: number) => void dropBodies.run(seq),
  };
}

/** In the order of the table. Spelt out: every request makes one. */
function valuesOf(entry: JournalEntry): unknown[] {
  return [
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
  ];
}

/** An absent parameter is NULL. */
function parametersOf({ method, path, status, surface, key, group, slug, error }: JournalFilter) {
  return { method, path, status, surface, key, group, slug, error };
}
