/** Why no value could be generated. The message is for the author of the schema. */
export class GenerationFailure extends Error {
  /** True if another attempt would fail too: out of budget, nested too deeply, or an unusable schema. */
  readonly final: boolean;

  constructor(message: string, options: { readonly final?: boolean } = {}) {
    super(message);
    this.name = "GenerationFailure";
    this.final = options.final ?? false;
  }
}

/** About 3,000 tokens of JSON, so that an answer fits into the default `max_tokens` of 4,096 (I-1.1b). */
const TIGHT_AFTER_VALUES = 600;

/** Some hundred times more than a usual schema takes, and still well below a second. */
const MAX_STEPS = 200_000;

/**
 * Limits the work of one generation. It counts steps, not time, so that a schema fails the same way on every
 * machine. A step is one schema visited, one character of a pattern, or one word.
 */
export class Budget {
  #left = MAX_STEPS;
  #values = 0;

  /** @throws GenerationFailure (final) when the budget is used up */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) {
      throw new GenerationFailure("the schema asks for a value that is too large or too hard to find", {
        final: true,
      });
    }
  }

  /** Counts one generated value, even if it is discarded later. */
  countValue(): void {
    this.spend();
    this.#values += 1;
  }

  /** Whether so many values exist that further ones should be small. */
  get isTight(): boolean {
    return this.#values > TIGHT_AFTER_VALUES;
  }
}
