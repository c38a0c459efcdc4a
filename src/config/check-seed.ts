import { type Problem, problemsOf } from "../schemas/problems.js";
import { type Seed, seedSchema } from "../schemas/seed.js";

/** Checks a value against the seed schema; unknown keys are errors, with the nearest key that exists. */
export function checkSeed(value: unknown): { seed: Seed } | { problems: Problem[] } {
  const parsed = seedSchema.safeParse(value);
  if (parsed.success) return { seed: parsed.data };
  return { problems: parsed.error.issues.flatMap((issue) => problemsOf(seedSchema, issue)) };
}
