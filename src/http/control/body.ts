import type * as z from "zod";
import { GatewayError } from "../../domain/errors.js";
import { parseJson } from "../../domain/parse-json.js";
import { MAX_BODY_BYTES } from "../../domain/settings.js";
import type { AppContext } from "../env.js";
import { jsonText, readBody } from "../middleware/body.js";
import { json } from "../respond.js";
import type * as Schemas from "./schemas.js";

/** The JSON of a control request; `max_body_bytes` does not apply. @throws GatewayError `validation` */
export async function readControlJson(c: AppContext): Promise<unknown> {
  const text = jsonText(c.req.header("Content-Type"), await readBody(c, MAX_BODY_BYTES), refuse);
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

export function refuse(problem: string): never {
  throw new GatewayError("validation", { message: problem });
}
