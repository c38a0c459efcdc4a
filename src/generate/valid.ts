import { errorMessage } from "../domain/error-message.js";
import { createRandom, type Random } from "../runtime/random.js";
import { Budget, GenerationFailure } from "./failure.js";
import { generateJson } from "./json-schema.js";
import { normalizeSchema } from "./normalize.js";
import { asSchema } from "./schema.js";
import { runWithin, TimeLimitError } from "./time-limit.js";
import type { Validate } from "./validator.js";

/** A valid value, or the reason why there is none, as a sentence for the author of the schema. */
export type GeneratedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** Attempts until the full validator accepts a value. Only the first uses the schema's examples. */
const MAX_ATTEMPTS = 10;
/** For work that the step limit does not bound: patterns of exponential time, and schemas made to be slow. */
const DEFAULT_MAX_MILLISECONDS = 2_000;

/**
 * Generates a value for an untrusted JSON Schema and checks it with a full validator, for `response_format`
 * json_schema and tool parameters (I-2b, I-2f). Never throws and never hangs: steps, nesting and time are bounded.
 *
 * The same schema and random sequence give the same value. Every call advances `random` by the same amount.
 * @param schema any value; usable are JSON Schemas of draft 4 to 2020-12 and of OpenAPI 3
 */
export async function generateValid(
  schema: unknown,
  random: Random,
  { maxMilliseconds = DEFAULT_MAX_MILLISECONDS }: { readonly maxMilliseconds?: number } = {},
): Promise<GeneratedJson> {
  const own = createRandom(random.hex(32));
  const { compileSchema, isOldDraft } = await import("./validator.js");
  try {
    return runWithin(maxMilliseconds, () => {
      const normal = asSchema(normalizeSchema(schema, new Budget()));
      return findValid(schema, compileSchema(normal, isOldDraft(schema)), own);
    });
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function findValid(schema: unknown, validate: Validate, random: Random): GeneratedJson {
  let reason = "";
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    try {
      const value = generateJson(schema, random, attempt === 0);
      const problem = validate(value);
      if (problem === null) return { ok: true, value };
      reason = `found no value that the schema allows: ${problem}`;
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
  return `the schema cannot be used: ${errorMessage(error)}`;
}
