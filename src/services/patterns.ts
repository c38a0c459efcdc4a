import { createRequire } from "node:module";
import { readPattern } from "../domain/completion/text-match.js";
import { type LinearEngine, linearPattern, type TextTest } from "../runtime/linear-pattern.js";
import { TimeLimit } from "../runtime/time-limit.js";

/** How long a pattern may work on one text, milliseconds of real time (Y-66). */
const BUDGET_MS = 50;
/** Compiled patterns that are kept. */
const MAX_KEPT = 1_000;

/**
 * Compiles the patterns of a world's rules and faults, so that no pattern can hold up the process: in linear time where
 * the engine for that can express them, else within a budget (Y-66).
 */
export class Patterns {
  /** Rules are compiled again whenever one is added; most of their patterns are known then. */
  readonly #compiled = new Map<string, TextTest>();
  readonly #undecided = new Set<string>();
  readonly #timeLimit = new TimeLimit();
  #engine: LinearEngine | null = null;

  /** @param source a pattern that `checkPattern` accepts */
  readonly compile = (source: string): TextTest => {
    const known = this.#compiled.get(source);
    if (known) return known;
    this.#engine ??= loadEngine();
    const { body, flags } = readPattern(source);
    const test = linearPattern(body, flags, this.#engine) ?? this.#withinBudget(source, body, flags);
    if (this.#compiled.size >= MAX_KEPT) this.#compiled.clear();
    this.#compiled.set(source, test);
    return test;
  };

  /**
   * Notes for the journal which patterns could not be decided since the last call.
   * @returns the same as a hint; null: all were decided
   */
  noteUndecided(notes: string[]): string | null {
    if (this.#undecided.size === 0) return null;
    const patterns = [...this.#undecided].map((source) => `/${source}/`).join(", ");
    this.#undecided.clear();
    const note = `not decided within ${BUDGET_MS} ms, so taken as no match: ${patterns}`;
    notes.push(note);
    return `${note}. A pattern without look-arounds and back-references is always decided.`;
  }

  /** A pattern that is not decided does not match, and none is tried after it until {@link noteUndecided}. */
  #withinBudget(source: string, body: string, flags: string): TextTest {
    const pattern = new RegExp(body, flags);
    return (text) => {
      if (this.#undecided.size > 0) {
        this.#undecided.add(source);
        return false;
      }
      try {
        return this.#timeLimit.run(BUDGET_MS, () => pattern.test(text));
      } catch {
        // Out of time, or too large for JavaScript's engine.
        this.#undecided.add(source);
        return false;
      }
    };
  }
}

/** Whether a pattern is matched within a budget only, because the engine for linear time cannot express it (Y-66). */
export function needsBudget(source: string): boolean {
  const { body, flags } = readPattern(source);
  return linearPattern(body, flags, loadEngine()) === null;
}

/** Loaded when the first pattern is compiled, which is in a synchronous step: the packages' forms for `require`. */
function loadEngine(): LinearEngine {
  const require = createRequire(import.meta.url);
  const { RE2JS } = require("re2js");
  const { RegExpParser } = require("@eslint-community/regexpp");
  return { RE2JS, RegExpParser };
}
