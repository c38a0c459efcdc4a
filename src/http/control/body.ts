import type * as z from "zod";
import { GatewayError } from "../../domain/errors.js";
import { parseJson } from "../../domain/parse-json.js";
import { MAX_BODY_BYTES } from "../../domain/settings.js";
import type { AppContext } from "../env.js";
import { jsonText, readBody } from "../middleware/body.js";
import { JSON_TYPE, json } from "../respond.js";
import type * as Schemas from "./schemas.js";

const TYPE_HINT = "Send the body as UTF-8 JSON with the header Content-Type: application/json.";

/** The JSON of a control request; `max_body_bytes` does not apply. @throws GatewayError `validation` */
export async function readControlJson(c: AppContext): Promise<unknown> {
  const type = c.req.header("Content-Type");
  const body = await readBody(c, MAX_BODY_BYTES);
  // A page may send a body of no type to any address; one of this type only to servers that allow it (Y-62).
  if (type === undefined && body.length > 0)
    refuse(`expected Content-Type: ${JSON_TYPE}, got none`, TYPE_HINT);
  const text = jsonText(type, body, (problem) => refuse(problem, TYPE_HINT));
  const value = parseJson(text);
  return value === undefined ? refuse("the body is not valid JSON") : value;
}

/** Names one of the schemas of control bodies. */
export type SchemaOf<S extends z.ZodType> = (schemas: typeof Schemas) => S;

/** The same in the shape of a schema. @throws GatewayError `validation` */
export async function readControlBody<S extends z.ZodType>(
  c: AppContext,
  schemaOf: SchemaOf<S>,
): Promise<z.output<S>> {
  const value = await readControlJson(c);
  const schemas = await import("./schemas.js");
  return schemas.checked(schemaOf(schemas), value);
}

/**
 * Adds one item or a list, and answers in the same form. A union schema of both would give unclear errors.
 * @throws GatewayError `validation`
 */
export async function addOneOrMore<S extends z.ZodType>(
  c: AppContext,
  schemaOf: SchemaOf<S>,
  add: (items: z.output<S>[]) => readonly unknown[],
): Promise<Response> {
  const value = await readControlJson(c);
  const schemas = await import("./schemas.js");
  const schema = schemaOf(schemas);
  if (Array.isArray(value)) return json(c, { items: add(schemas.checked(schema.array(), value)) });
  return json(c, add([schemas.checked(schema, value)])[0]);
}

/** @param hint how to mend it @throws GatewayError `validation` */
export function refuse(problem: string, hint?: string): never {
  throw new GatewayError("validation", { message: problem, hint });
}
