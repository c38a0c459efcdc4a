import { type CompletionRule, compileRule, type RuleReply } from "../domain/completion/rules.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import { RuleBook } from "./rule-book.js";
import type { WorldContext } from "./world-context.js";

/** The world's completion rules. */
export class Completions {
  readonly #context: WorldContext;
  readonly #book: RuleBook<RuleReply, CompletionRule, MatchSubject>;

  constructor(context: WorldContext) {
    this.#context = context;
    this.#book = new RuleBook(context, context.store.rules, compileRule);
  }

  /** The first rule that fits, used once more; null when none does. */
  match(subject: MatchSubject): { readonly id: string; readonly reply: RuleReply } | null {
    const chosen = this.#book.match(subject);
    return chosen && { id: chosen.id, reply: chosen.reply ?? {} };
  }

  /** Why none fits, for the journal. */
  closest(subject: MatchSubject): string[] {
    return this.#book.closest(subject);
  }

  list() {
    return this.#book.list();
  }

  /**
   * Adds rules behind those that are there, and gives them ids. Their patterns have been checked.
   * @param first put them before the others instead, as a test that adds a rule to a seed expects
   */
  add(rules: readonly Omit<CompletionRule, "id">[], first = false): CompletionRule[] {
    const added = rules.map((rule) => ({ id: `rule-${this.#context.random.hex(6)}`, ...rule }));
    this.#book.add(added, first);
    return added;
  }

  clear(): void {
    this.#book.clear();
  }
}
