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

/** The matching rule of a request, and its reply. */
interface MatchedRule<Reply> {
  readonly id: string;
  /** null: the rule has no reply. */
  readonly reply: Reply | null;
}

/** The rules of one kind, completions or predictions, compiled once. */
export class RuleBook<Reply, Rule extends ScriptedRule<Reply>, Subject> implements Cache {
  readonly #context: WorldContext;
  readonly #store: RuleStore<Rule>;
  readonly #compile: (rule: Rule, used: number) => Compiled<Rule, Subject>;
  #compiled: Compiled<Rule, Subject>[] | null = null;
  /** Position of each rule in the database. */
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

  stateReplaced(): void {
    this.#compiled = null;
  }

  /** The first matching rule, or null. Counts its use. */
  match(subject: Subject): MatchedRule<Reply> | null {
    const compiled = firstMatch(this.#rules(), subject);
    if (!compiled) return null;
    const reply = nextReply<Reply>(compiled);
    compiled.used++;
    const position = this.#positions.get(compiled);
    if (countsUses(compiled.rule) && position !== undefined) this.#store.setUsed(position, compiled.used);
    return { id: compiled.rule.id, reply };
  }

  /** Why no rule matches, for the journal. */
  closest(subject: Subject): string[] {
    return closestMisses(this.#rules(), subject);
  }

  /** With their uses. */
  list() {
    return this.#rules().map(({ rule, used }) => ({ ...rule, used }));
  }

  /** @param first before the existing rules, else after them */
  add(rules: readonly Rule[], first: boolean): void {
    this.#context.store.transaction(() => {
      // Most uses are only counted in memory; the rules are reloaded below.
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
