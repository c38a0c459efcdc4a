/** Why no value could be made. The message is for the person who wrote the schema. */
export class GenerationFailure extends Error {
  /** True when another try would end the same way: out of budget, nested too deeply, or an unusable schema. */
  readonly final: boolean;

  constructor(message: string, options: { readonly final?: boolean } = {}) {
    super(message);
    this.name = "GenerationFailure";
    this.final = options.final ?? false;
  }
}

/** About 3,000 tokens of JSON: an answer should fit into the default `max_tokens` of 4,096 (inference §1.1). */
const FEW_VALUES = 600;

/**
 * The work one generation may do. It is counted in steps, not in time, so that a schema fails on every machine
 * alike. A step is a schema looked at, a character of a pattern, or a word.
 */
export class Budget {
  #left: number;
  #values = 0;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** @throws GenerationFailure (final) when the budget is used up */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) {
      throw new GenerationFailure("the schema asks for a value that is too large or too hard to find", {
        final: true,
      });
    }
  }

  /** Counts a value, whether it stays or not. */
  countValue(): void {
    this.spend();
    this.#values += 1;
  }

  /** Whether there are so many values that the rest should be kept small. */
  get isTight(): boolean {
    return this.#values > FEW_VALUES;
  }
}
