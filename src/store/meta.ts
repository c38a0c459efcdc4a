import type { Db } from "./database.js";

/** Single values of a state, such as its clock, seed and settings, as JSON by name. */
export interface MetaStore {
  /** undefined: not set. */
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export function createMetaStore(db: Db): MetaStore {
  const get = db.prepare<[string], { value: string }>("SELECT value FROM meta WHERE key = ?");
  const set = db.prepare<[string, string]>(
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  return {
    get(key) {
      const row = get.get(key);
      return row === undefined ? undefined : JSON.parse(row.value);
    },
    set(key, value) {
      set.run(key, JSON.stringify(value));
    },
  };
}
