import type * as z from "zod";

/** A zod issue as (path, what was expected), for messages that name the field (B-1). */
export function describeIssue(issue: z.core.$ZodIssue): [path: string, expected: string] {
  return [issue.path.map(String).join("."), expectation(issue)];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `expected one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "unrecognized_keys":
      return `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
    default:
      return issue.message.replace(/^(Invalid input|Too small|Too big): /, "");
  }
}
