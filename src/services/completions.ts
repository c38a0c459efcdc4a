import {
  type CompiledRule,
  type CompletionRule,
  closestMisses,
  compileRule,
  countsUses,
  firstMatch,
  nextReply,
  type RuleReply,
} from "../domain/completion/rules.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import type { Kernel, Projection } from "./kernel.js";

/** The rule that answers a request, and what it says this time. */
export interface Chosen {
  readonly id: string;
  readonly reply: RuleReply;
}

/** A rule as the control plane lists it. */
export interface RuleView {
  readonly rule: CompletionRule;
  readonly used: number;
}

/** The world's completion rules, compiled once. */
export class Completions implements Projection {
  readonly #kernel: Kernel;
  #compiled: CompiledRule[] | null = null;
  /** Place of each rule in the database. */
  readonly #positions = new Map<CompiledRule, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.projections.push(this);
  }

  configurationChanged(): void {}

  stateReplaced(): void {
    this.#compiled = null;
  }

  /** The first rule that fits, used once more; null when none does. */
  choose(subject: MatchSubject): Chosen | null {
    const compiled = firstMatch(this.#rules(), subject);
    if (!compiled) return null;
    const reply = nextReply(compiled);
    compiled.used++;
    const position = this.#positions.get(compiled);
    if (countsUses(compiled.rule) && position !== undefined) {
      this.#kernel.store.rules.setUsed(position, compiled.used);
    }
    return { id: compiled.rule.id, reply };
  }

  /** Why none fits, for the journal. */
  closest(subject: MatchSubject): string[] {
    return closestMisses(this.#rules(), subject);
  }

  list(): RuleView[] {
    return this.#rules().map(({ rule, used }) => ({ rule, used }));
  }

  /**
   * Adds rules behind those that are there, and gives them ids. Their patterns have been checked.
   * @param first put them before the others instead, as a test that adds a rule to a seed expects
   */
  add(rules: readonly Omit<CompletionRule, "id">[], first = false): CompletionRule[] {
    const { store, random } = this.#kernel;
    const added = rules.map((rule) => ({ id: `rule-${random.hex(6)}`, ...rule }));
    store.transaction(() => {
      // Uses that decide nothing are not stored one by one; they are about to be read again.
      for (const [{ used }, position] of this.#positions) store.rules.setUsed(position, used);
      store.rules.add(added, first);
    });
    this.#compiled = null;
    return added;
  }

  clear(): void {
    this.#kernel.store.rules.clear();
    this.#compiled = null;
  }

  #rules(): CompiledRule[] {
    if (this.#compiled) return this.#compiled;
    this.#positions.clear();
    this.#compiled = this.#kernel.store.rules.all().map(({ position, rule, used }) => {
      const compiled = compileRule(rule, used);
      this.#positions.set(compiled, position);
      return compiled;
    });
    return this.#compiled;
  }
}
