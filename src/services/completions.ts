import {
  type CompiledRule,
  type CompletionRule,
  compileRules,
  firstMatch,
  type MatchSubject,
} from "../domain/completion/rules.js";
import type { Kernel, Projection } from "./kernel.js";

/** The world's completion rules, compiled once. */
export class Completions implements Projection {
  readonly #kernel: Kernel;
  #compiled: CompiledRule[] | null = null;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.projections.push(this);
  }

  configurationChanged(): void {}

  stateReplaced(): void {
    this.#compiled = null;
  }

  /** The first rule that fits, or null: then the model echoes. */
  match(subject: MatchSubject): CompletionRule | null {
    this.#compiled ??= compileRules(this.#kernel.store.rules.all());
    return firstMatch(this.#compiled, subject)?.rule ?? null;
  }

  /** Adds rules behind those that are there. Their patterns have been checked. */
  append(rules: readonly CompletionRule[]): void {
    this.#kernel.store.transaction(() => this.#kernel.store.rules.append(rules));
    this.#compiled = null;
  }
}
