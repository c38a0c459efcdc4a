import { type CompletionRule, compileRule, type RuleReply } from "../domain/completion/rules.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import { RuleBook } from "./rule-book.js";
import type { WorldContext } from "./world-context.js";

/** The world's completion rules. */
export class Completions {
  readonly #context: WorldContext;
  readonly #rules: RuleBook<RuleReply, CompletionRule, MatchSubject>;

  constructor(context: WorldContext) {
    this.#context = context;
    this.#rules = new RuleBook(context, context.store.rules, compileRule);
  }

  /** The first matching rule, or null. Counts its use. */
  match(subject: MatchSubject): { readonly id: string; readonly reply: RuleReply } | null {
    const matched = this.#rules.match(subject);
    return matched && { id: matched.id, reply: matched.reply ?? {} };
  }

  /** Why no rule matches, for the journal. */
  closest(subject: MatchSubject): string[] {
    return this.#rules.closest(subject);
  }

  list() {
    return this.#rules.list();
  }

  /**
   * Adds rules with new ids. Their patterns must be valid.
   * @param first before the existing rules, so that a test can override its seed; else after them
   */
  add(rules: readonly Omit<CompletionRule, "id">[], first = false): CompletionRule[] {
    const added = rules.map((rule) => ({ id: `rule-${this.#context.random.hex(6)}`, ...rule }));
    this.#rules.add(added, first);
    return added;
  }

  clear(): void {
    this.#rules.clear();
  }
}
