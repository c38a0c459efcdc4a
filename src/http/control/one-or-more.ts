import * as z from "zod";
import { checked } from "../../schemas/problems.js";
import { type Answer, json } from "../answer.js";
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
  if (Array.isArray(body)) return json(200, { items: add(checked(z.array(schema), body)) });
  return json(200, add([checked(schema, body)])[0]);
}
