import { queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

/** A rule with its position and number of uses. */
export interface StoredRule<Rule> {
  readonly position: number;
  readonly rule: Rule;
  readonly used: number;
}

export type RuleStore<Rule> = ReturnType<typeof createRuleStore<Rule>>;

/** Rules of one kind in order of precedence. */
export function createRuleStore<Rule>(db: Preparing, table: "completion_rules" | "prediction_rules") {
  const add = db.prepare<[number, string]>(`INSERT INTO ${table} (position, rule, used) VALUES (?, ?, 0)`);
  const ends = db.prepare<[], { least: number | null; most: number | null }>(
    `SELECT min(position) AS least, max(position) AS most FROM ${table}`,
  );
  const setUsed = db.prepare<[number, number]>(`UPDATE ${table} SET used = ? WHERE position = ?`);
  const clear = db.prepare(`DELETE FROM ${table}`);
  return {
    all: queriesOf<StoredRule<Rule>>(db, { json: ["rule"] }).all<[]>(
      `SELECT position, rule, used FROM ${table} ORDER BY position`,
    ),
    /** @param first before the existing rules, else after them */
    add(rules: readonly Rule[], first: boolean): void {
      const { least, most } = ends.get() ?? { least: null, most: null };
      const from = first ? (least ?? 0) - rules.length : (most ?? 0) + 1;
      for (const [index, rule] of rules.entries()) add.run(from + index, JSON.stringify(rule));
    },
    setUsed: (position: number, used: number) => void setUsed.run(used, position),
    clear: () => void clear.run(),
  };
}
