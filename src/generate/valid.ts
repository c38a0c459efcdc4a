import { createRandom, type Random } from "../runtime/random.js";
import { Budget, GenerationFailure } from "./failure.js";
import { DEFAULT_MAX_STEPS, generateJson } from "./json-schema.js";
import { normalizeSchema } from "./normalize.js";
import { asSchema } from "./schema.js";
import { runWithin, TimeLimitError } from "./time-limit.js";
import type { Validate } from "./validator.js";

/** A value that the schema allows, or why there is none, in a sentence for the schema's author. */
export type GeneratedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

export interface ValidOptions {
  /** See {@link DEFAULT_MAX_STEPS}. */
  readonly maxSteps?: number;
  /** Milliseconds of work after which even a schema within its steps is given up. */
  readonly maxMilliseconds?: number;
}

/** Tries until the full validator agrees; the second and later ones leave the schema's examples alone. */
const TRIES = 10;
/** Only patterns that take exponential time, and schemas made to be slow, come near it. */
const DEFAULT_MAX_MILLISECONDS = 2_000;

/**
 * A value for a JSON Schema of unknown origin, checked by a full validator (`inference` §2: `response_format`
 * json_schema, tool parameters). Never throws and never hangs: steps, nesting and time are bounded.
 *
 * The same schema and the same random sequence give the same value. `random` always moves on by the same amount.
 * @param schema anything; a JSON Schema of draft 4 to 2020-12, or one of OpenAPI 3
 */
export async function generateValid(
  schema: unknown,
  random: Random,
  options: ValidOptions = {},
): Promise<GeneratedJson> {
  const own = createRandom(random.hex(32));
  const milliseconds = options.maxMilliseconds ?? DEFAULT_MAX_MILLISECONDS;
  const steps = options.maxSteps ?? DEFAULT_MAX_STEPS;
  const { compileSchema, isOldDraft } = await import("./validator.js");
  try {
    return runWithin(milliseconds, () => {
      const normal = asSchema(normalizeSchema(schema, new Budget(steps)));
      return findValid(schema, compileSchema(normal, isOldDraft(schema)), own, steps);
    });
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function findValid(schema: unknown, validate: Validate, random: Random, maxSteps: number): GeneratedJson {
  let reason = "";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      const value = generateJson(schema, random, { maxSteps, useExamples: attempt === 0 });
      const problem = validate(value);
      if (problem === null) return { ok: true, value };
      reason = `no value found that the schema allows: ${problem}`;
    } catch (error) {
      if (!(error instanceof GenerationFailure) || error.final) throw error;
      reason = `the schema cannot be satisfied: ${error.message}`;
    }
  }
  return { ok: false, reason };
}

function reasonOf(error: unknown): string {
  if (error instanceof GenerationFailure) return `the schema cannot be used: ${error.message}`;
  if (error instanceof TimeLimitError) return `the schema cannot be used: it ${error.message}`;
  if (error instanceof RangeError)
    return "the schema cannot be used: it is nested too deeply or refers to itself";
  return `the schema cannot be used: ${error instanceof Error ? error.message : String(error)}`;
}
