import * as z from "zod";
import { GatewayError, invalid } from "../../domain/errors.js";
import { type Answer, json } from "../answer.js";
import { describeIssue } from "../issues.js";
import type { Call } from "../routes.js";
import { controlBody } from "./call.js";

/**
 * Adds what the body holds, one thing or a list, and answers in kind. Not by a union of the two, which could not
 * say what is wrong with the one that was meant.
 * @throws GatewayError `validation`
 */
export async function addOneOrMore<S extends z.ZodType>(
  call: Call,
  schema: S,
  add: (things: z.output<S>[]) => readonly unknown[],
): Promise<Answer> {
  const body = await controlBody(call, z.unknown());
  if (Array.isArray(body)) return json(200, { items: add(valid(z.array(schema), body)) });
  return json(200, add([valid(schema, body)])[0]);
}

function valid<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue ? invalid(...describeIssue(issue)) : new GatewayError("validation");
}
