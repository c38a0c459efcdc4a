import { type CompletionRule, compileRule, type RuleReply } from "../domain/completion/rules.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import { RuleBook } from "./rule-book.js";
import type { WorldContext } from "./world-context.js";

/** The world's completion rules. */
export class Completions extends RuleBook<RuleReply, CompletionRule, MatchSubject> {
  constructor(context: WorldContext) {
    super(context, "completion", context.store.rules, compileRule);
  }
}
