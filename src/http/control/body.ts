import * as z from "zod";
import { GatewayError } from "../../domain/errors.js";
import { parseJson } from "../../domain/parse-json.js";
import { MAX_BODY_BYTES } from "../../domain/settings.js";
import { checked } from "../../schemas/problems.js";
import type { AppContext } from "../env.js";
import { jsonText, readBody } from "../middleware/body.js";
import { json } from "../respond.js";

/** The JSON body of a control request; `max_body_bytes` does not apply. @throws GatewayError `validation` */
export async function readControlBody<S extends z.ZodType>(c: AppContext, schema: S): Promise<z.output<S>> {
  const text = jsonText(c.req.header("Content-Type"), await readBody(c, MAX_BODY_BYTES), refuse);
  const value = parseJson(text);
  return checked(schema, value === undefined ? refuse("the body is not valid JSON") : value);
}

/**
 * Adds one item or a list, and answers in the same form. A union schema of both would give unclear errors.
 * @throws GatewayError `validation`
 */
export async function addOneOrMore<S extends z.ZodType>(
  c: AppContext,
  schema: S,
  add: (items: z.output<S>[]) => readonly unknown[],
): Promise<Response> {
  const body = await readControlBody(c, z.unknown());
  if (Array.isArray(body)) return json(c, { items: add(checked(z.array(schema), body)) });
  return json(c, add([checked(schema, body)])[0]);
}

function refuse(problem: string): never {
  throw new GatewayError("validation", { message: problem });
}
