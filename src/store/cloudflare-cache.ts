import type { Db } from "./database.js";

/** A cached answer of the AI Gateway; its status is 200. */
export interface CachedAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  /** The request that put it into the cache. */
  readonly journalSeq: number;
}

/** Cached answers by the hash of their cache key. */
export interface AiCacheStore {
  /** The answer, if it is fresh at `now` (epoch milliseconds), or null. */
  get(key: Buffer, now: number): CachedAnswer | null;
  /** Stores or replaces an answer that is fresh before `until`, and deletes expired ones. */
  put(key: Buffer, answer: CachedAnswer, until: number, now: number): void;
}

interface Row {
  content_type: string;
  body: Buffer;
  journal_seq: number;
}

export function createAiCacheStore(db: Db): AiCacheStore {
  const get = db.prepare<[Buffer, number], Row>(
    "SELECT content_type, body, journal_seq FROM ai_cache WHERE key = ? AND until > ?",
  );
  const put = db.prepare<[Buffer, string, Buffer, number, number]>(
    `INSERT INTO ai_cache (key, content_type, body, journal_seq, until) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET content_type = excluded.content_type, body = excluded.body,
       journal_seq = excluded.journal_seq, until = excluded.until`,
  );
  const expire = db.prepare<[number]>("DELETE FROM ai_cache WHERE until <= ?");
  return {
    get(key, now) {
      const row = get.get(key, now);
      return row ? { contentType: row.content_type, body: row.body, journalSeq: row.journal_seq } : null;
    },
    put(key, { contentType, body, journalSeq }, until, now) {
      expire.run(now);
      put.run(key, contentType, body, journalSeq, until);
    },
  };
}
