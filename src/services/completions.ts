import { type CompletionRule, compileRule, type RuleReply } from "../domain/completion/rules.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import type { Kernel } from "./kernel.js";
import { RuleBook } from "./rule-book.js";

/** The world's completion rules. */
export class Completions {
  readonly #kernel: Kernel;
  readonly #book: RuleBook<RuleReply, CompletionRule, MatchSubject>;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#book = new RuleBook(kernel, kernel.store.rules, compileRule);
  }

  /** The first rule that fits, used once more; null when none does. */
  choose(subject: MatchSubject): { readonly id: string; readonly reply: RuleReply } | null {
    const chosen = this.#book.choose(subject);
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
    const added = rules.map((rule) => ({ id: `rule-${this.#kernel.random.hex(6)}`, ...rule }));
    this.#book.add(added, first);
    return added;
  }

  clear(): void {
    this.#book.clear();
  }
}
