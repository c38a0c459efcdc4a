import {
  type Compiled,
  closestMisses,
  countsUses,
  firstMatch,
  nextReply,
  type ScriptedRule,
} from "../domain/scripted.js";
import type { RuleStore } from "../store/rules.js";
import type { Cache, WorldContext } from "./world-context.js";

/** A rule as the control plane lists it. */
export interface RuleView<Rule> {
  readonly rule: Rule;
  readonly used: number;
}

/** The rule that answers a request, and what it says this time. */
export interface MatchedRule<Reply> {
  readonly id: string;
  /** null: a rule without a reply. */
  readonly reply: Reply | null;
}

/** The world's rules of one kind, compiled once. */
export class RuleBook<Reply, Rule extends ScriptedRule<Reply>, Subject> implements Cache {
  readonly #context: WorldContext;
  readonly #store: RuleStore<Rule>;
  readonly #compile: (rule: Rule, used: number) => Compiled<Rule, Subject>;
  #compiled: Compiled<Rule, Subject>[] | null = null;
  /** Place of each rule in the database. */
  readonly #positions = new Map<Compiled<Rule, Subject>, number>();

  constructor(
    context: WorldContext,
    store: RuleStore<Rule>,
    compile: (rule: Rule, used: number) => Compiled<Rule, Subject>,
  ) {
    this.#context = context;
    this.#store = store;
    this.#compile = compile;
    context.caches.push(this);
  }

  configurationChanged(): void {}

  stateReplaced(): void {
    this.#compiled = null;
  }

  /** The first rule that fits, used once more; null when none does. */
  match(subject: Subject): MatchedRule<Reply> | null {
    const compiled = firstMatch(this.#rules(), subject);
    if (!compiled) return null;
    const reply = nextReply<Reply>(compiled);
    compiled.used++;
    const position = this.#positions.get(compiled);
    if (countsUses(compiled.rule) && position !== undefined) this.#store.setUsed(position, compiled.used);
    return { id: compiled.rule.id, reply };
  }

  /** Why none fits, for the journal. */
  closest(subject: Subject): string[] {
    return closestMisses(this.#rules(), subject);
  }

  list(): RuleView<Rule>[] {
    return this.#rules().map(({ rule, used }) => ({ rule, used }));
  }

  /** @param first before those that are there, else behind them */
  add(rules: readonly Rule[], first: boolean): void {
    this.#context.store.transaction(() => {
      // Uses that decide nothing are not stored one by one; they are about to be read again.
      for (const [{ used }, position] of this.#positions) this.#store.setUsed(position, used);
      this.#store.add(rules, first);
    });
    this.#compiled = null;
  }

  clear(): void {
    this.#store.clear();
    this.#compiled = null;
  }

  #rules(): Compiled<Rule, Subject>[] {
    if (this.#compiled) return this.#compiled;
    this.#positions.clear();
    this.#compiled = this.#store.all().map(({ position, rule, used }) => {
      const compiled = this.#compile(rule, used);
      this.#positions.set(compiled, position);
      return compiled;
    });
    return this.#compiled;
  }
}
