import { type CompletionRule, compileRule, type RuleReply } from "../domain/completion/rules.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import { RuleBook } from "./rule-book.js";
import type { WorldContext } from "./world-context.js";

/** The world's completion rules. */
export class Completions extends RuleBook<RuleReply, CompletionRule, MatchSubject> {
  constructor(context: WorldContext) {
    super(context, "completion", context.store.rules, compileRule);
  }

  /**
   * Adds rules with new ids. Their patterns must be valid.
   * @param first before the existing rules, so that a test can override its seed; else after them
   */
  add(rules: readonly Omit<CompletionRule, "id">[], first = false): CompletionRule[] {
    const added = rules.map((rule) => ({ id: `rule-${this.context.random.hex(6)}`, ...rule }));
    this.insert(added, first);
    return added;
  }
}
