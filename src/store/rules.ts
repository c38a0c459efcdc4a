import type { CompletionRule } from "../domain/completion/rules.js";
import type { Db } from "./database.js";

/** A rule with its place in the order and how often it was used. */
export interface StoredRule {
  readonly position: number;
  readonly rule: CompletionRule;
  readonly used: number;
}

/** Completion rules in the order in which they are tried. */
export interface RuleStore {
  all(): StoredRule[];
  /** Behind the others, or before them. */
  add(rules: readonly CompletionRule[], first: boolean): void;
  setUsed(position: number, used: number): void;
  clear(): void;
}

export function createRuleStore(db: Db): RuleStore {
  const all = db.prepare<[], { position: number; rule: string; used: number }>(
    "SELECT position, rule, used FROM completion_rules ORDER BY position",
  );
  const add = db.prepare<[number, string]>(
    "INSERT INTO completion_rules (position, rule, used) VALUES (?, ?, 0)",
  );
  const ends = db.prepare<[], { least: number | null; most: number | null }>(
    "SELECT min(position) AS least, max(position) AS most FROM completion_rules",
  );
  const setUsed = db.prepare<[number, number]>("UPDATE completion_rules SET used = ? WHERE position = ?");
  const clear = db.prepare("DELETE FROM completion_rules");
  return {
    all: () =>
      all.all().map(({ position, rule: text, used }) => {
        const rule: CompletionRule = JSON.parse(text);
        return { position, rule, used };
      }),
    add(rules, first) {
      const { least, most } = ends.get() ?? { least: null, most: null };
      const from = first ? (least ?? 0) - rules.length : (most ?? 0) + 1;
      for (const [index, rule] of rules.entries()) add.run(from + index, JSON.stringify(rule));
    },
    setUsed: (position, used) => void setUsed.run(used, position),
    clear: () => void clear.run(),
  };
}
