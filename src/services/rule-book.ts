import type { PatternCompiler } from "../domain/completion/text-match.js";
import { ECHO_NOTE } from "../domain/journal.js";
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

/** Ids are these, a hyphen and six hex digits. */
const ID_PREFIXES = { completion: "rule", prediction: "prediction" };

/** The rules of one kind, completions or predictions, compiled once. */
export class RuleBook<Reply, Rule extends ScriptedRule<Reply>, Subject> implements Cache {
  readonly #context: WorldContext;
  readonly #kind: "completion" | "prediction";
  readonly #store: RuleStore<Rule>;
  readonly #compile: (rule: Rule, used: number, patterns: PatternCompiler) => Compiled<Rule, Subject>;
  /** With the position of each rule in the database. */
  #compiled: (Compiled<Rule, Subject> & { readonly position: number })[] | null = null;

  constructor(
    context: WorldContext,
    kind: "completion" | "prediction",
    store: RuleStore<Rule>,
    compile: (rule: Rule, used: number, patterns: PatternCompiler) => Compiled<Rule, Subject>,
  ) {
    this.#context = context;
    this.#kind = kind;
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
    if (countsUses(compiled.rule)) this.#store.setUsed(compiled.position, compiled.used);
    return { id: compiled.rule.id, reply };
  }

  /**
   * Notes why no rule matches.
   * @returns the hint of an `unmatched` error; null: the settings want an echo
   */
  unmatched(subject: Subject, notes: string[]): string | null {
    const closest = closestMisses(this.#rules(), subject);
    if (this.#context.settings.unmatched === "echo") {
      // Without any rules an echo is expected, and needs no note.
      if (closest.length > 0) notes.push(ECHO_NOTE, ...closest);
      return null;
    }
    notes.push(...closest);
    return closest.length > 0
      ? `No rule matches. Closest: ${closest[0]}.`
      : `There are no ${this.#kind} rules.`;
  }

  /** With their uses. */
  list() {
    return this.#rules().map(({ rule, used }) => ({ ...rule, used }));
  }

  /**
   * Adds rules with new ids. Their patterns must be valid.
   * @param first before the existing rules, so that a test can override its seed; else after them
   */
  add(rules: readonly Omit<Rule, "id">[], first = false): Rule[] {
    const { random, store } = this.#context;
    const added = rules.map(
      (rule) => ({ id: `${ID_PREFIXES[this.#kind]}-${random.hex(6)}`, ...rule }) as Rule,
    );
    store.transaction(() => {
      // Most uses are only counted in memory; the rules are reloaded below.
      for (const { position, used } of this.#compiled ?? []) this.#store.setUsed(position, used);
      this.#store.add(added, first);
    });
    this.#compiled = null;
    return added;
  }

  clear(): void {
    this.#store.clear();
    this.#compiled = null;
  }

  #rules() {
    const { compile } = this.#context.patterns;
    this.#compiled ??= this.#store
      .all()
      .map(({ position, rule, used }) => ({ ...this.#compile(rule, used, compile), position }));
    return this.#compiled;
  }
}
