import type * as z from "zod";
import { invalid } from "../domain/errors.js";
import { expectation } from "../schemas/problems.js";

/** The first problem of a refused body, as `<field>: <what was expected>` (B-1). */
export function issueText({ issues: [issue] }: z.ZodError): string {
  if (!issue) return "the body is invalid";
  const expected =
    issue.code === "unrecognized_keys"
      ? `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`
      : expectation(issue);
  return invalid(issue.path.join("."), expected).message;
}
