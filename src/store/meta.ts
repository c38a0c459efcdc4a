import type { Preparing } from "./lazy-statements.js";

/** Single values of a state, such as its clock, seed and settings, as JSON by name. */
export function createMetaStore(db: Preparing) {
  const get = db.prepare<[string], string>("SELECT value FROM meta WHERE key = ?").pluck();
  const set = db.prepare<[string, string]>(
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  return {
    /** undefined: not set. */
    get(key: string): unknown {
      const value = get.get(key);
      return value === undefined ? undefined : JSON.parse(value);
    },
    set: (key: string, value: unknown) => void set.run(key, JSON.stringify(value)),
  };
}
