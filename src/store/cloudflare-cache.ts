import { queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

/** A cached answer of the AI Gateway; its status is 200. */
export interface CachedAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  /** The request that put it into the cache. */
  readonly journalSeq: number;
}

/** Cached answers by the hash of their cache key. */
export function createAiCacheStore(db: Preparing) {
  const put = db.prepare<[Buffer, string, Buffer, number, number]>(
    `INSERT INTO ai_cache (key, content_type, body, journal_seq, until) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET content_type = excluded.content_type, body = excluded.body,
       journal_seq = excluded.journal_seq, until = excluded.until`,
  );
  const expire = db.prepare<[number]>("DELETE FROM ai_cache WHERE until <= ?");
  return {
    /** The answer, if it is fresh at `now` (epoch milliseconds), or null. */
    get: queriesOf<CachedAnswer>(db).one<[key: Buffer, now: number]>(
      `SELECT content_type AS contentType, body, journal_seq AS journalSeq FROM ai_cache
       WHERE key = ? AND until > ?`,
    ),
    /** Stores or replaces an answer that is fresh before `until`, and deletes expired ones. */
    put(key: Buffer, { contentType, body, journalSeq }: CachedAnswer, until: number, now: number): void {
      expire.run(now);
      put.run(key, contentType, body, journalSeq, until);
    },
  };
}
