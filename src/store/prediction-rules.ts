import type { PredictionRule } from "../domain/predictions.js";
import type { Db } from "./database.js";

/** A rule with its place in the order and how often it was used. */
export interface StoredPrediction {
  readonly position: number;
  readonly rule: PredictionRule;
  readonly used: number;
}

/** Rules for dedicated deployments in the order in which they are tried. */
export interface PredictionRuleStore {
  all(): StoredPrediction[];
  /** Behind the others, or before them. */
  add(rules: readonly PredictionRule[], first: boolean): void;
  setUsed(position: number, used: number): void;
  clear(): void;
}

export function createPredictionRuleStore(db: Db): PredictionRuleStore {
  const all = db.prepare<[], { position: number; rule: string; used: number }>(
    "SELECT position, rule, used FROM prediction_rules ORDER BY position",
  );
  const add = db.prepare<[number, string]>(
    "INSERT INTO prediction_rules (position, rule, used) VALUES (?, ?, 0)",
  );
  const ends = db.prepare<[], { least: number | null; most: number | null }>(
    "SELECT min(position) AS least, max(position) AS most FROM prediction_rules",
  );
  const setUsed = db.prepare<[number, number]>("UPDATE prediction_rules SET used = ? WHERE position = ?");
  const clear = db.prepare("DELETE FROM prediction_rules");
  return {
    all: () =>
      all.all().map(({ position, rule: text, used }) => {
        const rule: PredictionRule = JSON.parse(text);
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
