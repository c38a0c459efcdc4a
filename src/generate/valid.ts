import { errorMessage } from "../domain/error-message.js";
import type { Random } from "../runtime/random.js";
import { TimeLimit, TimeLimitError } from "../runtime/time-limit.js";
import { Budget, GenerationFailure } from "./failure.js";
import { generateJson } from "./json-schema.js";
import { normalizeSchema } from "./normalize.js";
import { asSchema, compilePattern, type PatternCompiler } from "./schema.js";
import { compileSchema, isOldDraft, type Validate } from "./validator.js";

/** A valid value, or the reason why there is none, as a sentence for the author of the schema. */
export type GeneratedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** What keeps the work on one schema small. */
export interface GenerationLimits {
  /** For work that the step limit does not bound, such as a validator's way through alternatives; absent: unlimited. */
  readonly maxMilliseconds?: number;
  /** Keeps that time; whoever asks often gives the same one. */
  readonly timeLimit?: TimeLimit;
  /** Compiles the schema's patterns; default: JavaScript's own engine, which may take exponential time. */
  readonly compile?: PatternCompiler;
  /** Gives the schema's validator, if it was made before; else makes it. Default: always makes it. */
  readonly validatorOf?: (make: () => Validate) => Validate;
}

/** Attempts until the full validator accepts a value. Only the first uses the schema's examples. */
const MAX_ATTEMPTS = 10;

/**
 * Generates a value for a JSON Schema and checks it with a full validator, for `response_format` json_schema and tool
 * parameters (I-2b, I-2f). Never throws. Steps and nesting are bounded, time is bounded when the caller says so.
 *
 * The same schema and random sequence give the same value.
 * @param schema any value; usable are JSON Schemas of draft 4 to 2020-12 and of OpenAPI 3
 */
export function generateValid(schema: unknown, random: Random, limits: GenerationLimits = {}): GeneratedJson {
  const { maxMilliseconds, compile = compilePattern, validatorOf = (make) => make() } = limits;
  const { timeLimit = new TimeLimit() } = limits;
  const makeValidator = () =>
    compileSchema(asSchema(normalizeSchema(schema, new Budget())), isOldDraft(schema), compile);
  const generate = () => findValid(schema, validatorOf(makeValidator), random, compile);
  try {
    return maxMilliseconds === undefined ? generate() : timeLimit.run(maxMilliseconds, generate);
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function findValid(
  schema: unknown,
  validate: Validate,
  random: Random,
  compile: PatternCompiler,
): GeneratedJson {
  let reason = "";
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    try {
      const value = generateJson(schema, random, attempt === 0, compile);
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
  if (error instanceof TimeLimitError)
    return `the schema cannot be used: it ${error.message}; settings.generation_budget_ms allows more`;
  if (error instanceof RangeError)
    return "the schema cannot be used: it is nested too deeply or refers to itself";
  return `the schema cannot be used: ${errorMessage(error)}`;
}
