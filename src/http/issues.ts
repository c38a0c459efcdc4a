import type * as z from "zod";
import { expectation } from "../schemas/problems.js";

/** A zod issue as (path, what was expected), for messages that name the field (B-1). */
export function describeIssue(issue: z.core.$ZodIssue): [path: string, expected: string] {
  const path = issue.path.map(String).join(".");
  if (issue.code !== "unrecognized_keys") return [path, expectation(issue)];
  return [path, `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`];
}
