import type * as z from "zod";
import { type Seed, seedSchema } from "../schemas/seed.js";
import { nearestKey, shapeAt } from "./nearest-key.js";

/** A problem before it is tied to a file. */
export interface RawProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Checks a value against the seed schema; unknown keys are errors, with the nearest key that exists. */
export function checkSeed(value: unknown): { seed: Seed } | { problems: RawProblem[] } {
  const parsed = seedSchema.safeParse(value);
  if (parsed.success) return { seed: parsed.data };
  return { problems: parsed.error.issues.flatMap((issue) => problemsOf(seedSchema, issue)) };
}

/** What an issue says, with the nearest key of the schema for each one that is unknown. */
export function problemsOf(schema: z.core.$ZodType, issue: z.core.$ZodIssue): RawProblem[] {
  const { path } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const valid = shapeAt(schema, path);
        const nearest = nearestKey(key, valid);
        const hint = nearest
          ? `; did you mean "${nearest}"?`
          : valid.length > 0
            ? `; known keys: ${valid.join(", ")}`
            : "";
        return { path: [...path, key], message: `unknown key${hint}` };
      });
    case "invalid_value":
      return [
        { path, message: `expected one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}` },
      ];
    default:
      return [{ path, message: issue.message.replace(/^(Invalid input|Too small|Too big): /, "") }];
  }
}
