import type * as z from "zod";
import { GatewayError, invalid } from "../../domain/errors.js";
import { MAX_BODY_BYTES } from "../../domain/settings.js";
import { checked } from "../../schemas/problems.js";
import { type Answer, json } from "../answer.js";
import { jsonText, readBody } from "../body.js";
import type { Call } from "../routes.js";

/** The JSON body of a control call, in the given shape. `max_body_bytes` is not for it. @throws GatewayError `validation` */
export async function controlBody<S extends z.ZodType>(call: Call, schema: S): Promise<z.output<S>> {
  const body = await readBody(call.request, MAX_BODY_BYTES);
  return checked(schema, parseJson(jsonText(call.request, body, refuse)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("the body is not valid JSON");
  }
}

function refuse(problem: string): never {
  throw new GatewayError("validation", { message: problem });
}

/** Refuses parameters that a list does not have: ignored, a misspelt filter would fit everything. */
export function knownQuery(query: URLSearchParams, names: readonly string[]): void {
  for (const name of query.keys()) {
    if (!names.includes(name)) throw invalid(name, `unknown parameter; there are ${names.join(", ")}`);
  }
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** `limit` of a control list: 1 to 1000, 100 when absent. */
export function limitOf(query: URLSearchParams): number {
  return integerOf(query, "limit", 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
}

/** A whole number from the query, or undefined when it is absent. */
export function integerOf(
  query: URLSearchParams,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(name, `expected an integer from ${least} to ${most}`);
}

/**
 * One page of a list whose items are numbered.
 * @param found one item more than `limit`, when there are more
 */
export function page<T>(
  found: readonly T[],
  limit: number,
  item: (value: T) => unknown,
  numberOf: (value: T) => number,
): Answer {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit;
  return json(200, {
    items: items.map(item),
    pagination: { has_more: more, cursor: more && last !== undefined ? String(numberOf(last)) : null },
  });
}

/** A list that is never long enough to need pages, in the shape of those that do. */
export function wholeList(items: readonly unknown[]): Answer {
  return json(200, { items, pagination: { has_more: false, cursor: null } });
}
