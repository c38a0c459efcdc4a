import type { FaultRule } from "../domain/faults.js";
import { queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

/** A fault rule with its position and counts. */
export interface StoredFault {
  readonly position: number;
  readonly rule: FaultRule;
  readonly matched: number;
  readonly struck: number;
}

/** Fault rules in order of precedence. */
export function createFaultStore(db: Preparing) {
  const add = db.prepare<[string]>("INSERT INTO faults (rule, matched, struck) VALUES (?, 0, 0)");
  const setSeen = db.prepare<[number, number, number]>(
    "UPDATE faults SET matched = ?, struck = ? WHERE position = ?",
  );
  const remove = db.prepare<[number]>("DELETE FROM faults WHERE position = ?");
  const clear = db.prepare("DELETE FROM faults");
  return {
    all: queriesOf<StoredFault>(db, { json: ["rule"] }).all<[]>(
      "SELECT position, rule, matched, struck FROM faults ORDER BY position",
    ),
    add(rules: readonly FaultRule[]): void {
      for (const rule of rules) add.run(JSON.stringify(rule));
    },
    setSeen: (position: number, matched: number, struck: number) =>
      void setSeen.run(matched, struck, position),
    remove: (position: number) => void remove.run(position),
    clear: () => void clear.run(),
  };
}
