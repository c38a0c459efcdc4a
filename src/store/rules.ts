import type { CompletionRule } from "../domain/completion/rules.js";
import type { Db } from "./database.js";

/** Completion rules in the order in which they are tried. */
export interface RuleStore {
  all(): CompletionRule[];
  append(rules: readonly CompletionRule[]): void;
}

export function createRuleStore(db: Db): RuleStore {
  const all = db.prepare<[], { rule: string }>("SELECT rule FROM completion_rules ORDER BY position");
  const append = db.prepare<[string]>("INSERT INTO completion_rules (rule) VALUES (?)");
  return {
    all: () =>
      all.all().map((row) => {
        const rule: CompletionRule = JSON.parse(row.rule);
        return rule;
      }),
    append(rules) {
      for (const rule of rules) append.run(JSON.stringify(rule));
    },
  };
}
