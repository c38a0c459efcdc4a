import type * as z from "zod";
import { asObject, parseJson } from "../../domain/parse-json.js";
import { refuse } from "../control/body.js";
import type { AppContext } from "../env.js";
import { issueText } from "../issues.js";
import { jsonText, readBody } from "../middleware/body.js";

interface BodyOptions {
  /** An empty body is an empty object. */
  readonly optional?: boolean;
  /** The journal does not store it. */
  readonly secret?: boolean;
}

/**
 * The body in the given shape (B-1). Unknown fields are dropped.
 * @throws GatewayError `validation`, naming the field and what was expected; `body_too_large`
 */
export async function readJson<S extends z.ZodType>(
  c: AppContext,
  schema: S,
  options: BodyOptions = {},
): Promise<z.output<S>> {
  return parseBody(c, await readBody(c), schema, options);
}

/** The same for a body that was already read. @throws GatewayError `validation` */
export function parseBody<S extends z.ZodType>(
  c: AppContext,
  body: Buffer,
  schema: S,
  options: BodyOptions = {},
): z.output<S> {
  const text = jsonText(c.req.header("Content-Type"), body, refuse);
  if (!options.secret) c.get("inProgress").requestBody = text;
  const value = options.optional && text.trim() === "" ? {} : parseObject(text);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  return refuse(issueText(parsed.error));
}

function parseObject(text: string): unknown {
  const value = parseJson(text);
  if (value === undefined) return refuse("the body is not valid JSON");
  return asObject(value) ?? refuse("expected a JSON object as the body");
}
