import type { FaultRule } from "../domain/faults.js";
import type { Db } from "./database.js";

/** A fault rule with its position and counts. */
interface StoredFault {
  readonly position: number;
  readonly rule: FaultRule;
  readonly matched: number;
  readonly struck: number;
}

/** Fault rules in order of precedence. */
export interface FaultStore {
  all(): StoredFault[];
  add(rules: readonly FaultRule[]): void;
  setSeen(position: number, matched: number, struck: number): void;
  remove(position: number): void;
  clear(): void;
}

export function createFaultStore(db: Db): FaultStore {
  const all = db.prepare<[], { position: number; rule: string; matched: number; struck: number }>(
    "SELECT position, rule, matched, struck FROM faults ORDER BY position",
  );
  const add = db.prepare<[string]>("INSERT INTO faults (rule, matched, struck) VALUES (?, 0, 0)");
  const setSeen = db.prepare<[number, number, number]>(
    "UPDATE faults SET matched = ?, struck = ? WHERE position = ?",
  );
  const remove = db.prepare<[number]>("DELETE FROM faults WHERE position = ?");
  const clear = db.prepare("DELETE FROM faults");
  return {
    all: () =>
      all.all().map(({ position, rule: text, matched, struck }) => {
        const rule: FaultRule = JSON.parse(text);
        return { position, rule, matched, struck };
      }),
    add(rules) {
      for (const rule of rules) add.run(JSON.stringify(rule));
    },
    setSeen: (position, matched, struck) => void setSeen.run(matched, struck, position),
    remove: (position) => void remove.run(position),
    clear: () => void clear.run(),
  };
}
