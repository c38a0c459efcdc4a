import * as z from "zod";
import { GatewayError, invalid } from "../domain/errors.js";
import { nearestKey } from "./nearest-key.js";

/** A validation problem and its path. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * Validates a value.
 * @throws GatewayError `validation` with the first problem and, for an unknown key, the nearest known key
 */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [problem] = issue ? problemsOf(schema, issue) : [];
  throw problem
    ? invalid(problem.path.map(String).join("."), problem.message)
    : new GatewayError("validation");
}

/** The problems of a zod issue. For an unknown key it suggests the nearest key of the schema. */
export function problemsOf(schema: z.core.$ZodType, issue: z.core.$ZodIssue): Problem[] {
  const { path } = issue;
  if (issue.code !== "unrecognized_keys") return [{ path, message: expectation(issue) }];
  return issue.keys.map((key) => {
    const valid = keysAt(schema, path);
    const nearest = nearestKey(key, valid);
    const hint = nearest
      ? `; did you mean "${nearest}"?`
      : valid.length > 0
        ? `; known keys: ${valid.join(", ")}`
        : "";
    return { path: [...path, key], message: `unknown key${hint}` };
  });
}

/** What the schema expected, in words. */
export function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `expected one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_key":
      // The problem of a record key is nested one level deeper.
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message.replace(/^(Invalid input|Too small|Too big): /, "");
  }
}

/** The keys of the object schema at a path; none if it is not an object. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const [head, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (head === undefined) return Object.keys(schema.shape);
    const member: z.core.$ZodType | undefined = schema.shape[String(head)];
    return member ? keysAt(member, rest) : [];
  }
  if (schema instanceof z.ZodArray) return head === undefined ? [] : keysAt(schema.element, rest);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path));
  if (schema instanceof z.ZodLazy) return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return keysAt(schema.unwrap(), path);
  }
  return [];
}
