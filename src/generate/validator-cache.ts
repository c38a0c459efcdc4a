import type { Validate } from "./validator.js";

const MAX_KEPT = 100;
/** The validator of a longer schema is not kept, characters. */
const MAX_SCHEMA_LENGTH = 20_000;

/** Keeps validators: clients repeat their schemas, and one takes ten times as long to make as the rest of the work. */
export class ValidatorCache {
  readonly #kept = new Map<string, Validate>();

  /** @param schema its text @param make makes the validator when it is not kept */
  validatorOf(schema: string, make: () => Validate): Validate {
    const known = this.#kept.get(schema);
    if (known) return known;
    const made = make();
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    if (schema.length <= MAX_SCHEMA_LENGTH) this.#kept.set(schema, made);
    return made;
  }
}
