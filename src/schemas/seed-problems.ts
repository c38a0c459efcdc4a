import { type Problem, problemsOf } from "./problems.js";
import { seedSchema } from "./seed.js";

/** What is wrong with an invalid seed. */
export function seedProblems(value: unknown): Problem[] {
  const { error } = seedSchema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => problemsOf(seedSchema, issue));
}
