import { invalid } from "../../domain/errors.js";
import type { AppContext } from "../env.js";
import { json } from "../respond.js";

/** The query of a control request. Unknown parameters are errors, because a misspelt filter would match everything. */
export function queryOf(c: AppContext, known: readonly string[]): URLSearchParams {
  const query = new URL(c.req.url).searchParams;
  for (const name of query.keys()) {
    if (!known.includes(name)) throw invalid(name, `unknown parameter; there are ${known.join(", ")}`);
  }
  return query;
}

/** A text from the query, or undefined when it is absent. */
export function textOf(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) ?? undefined;
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

/** One of the given words from the query, or undefined when it is absent. @throws GatewayError `validation` */
export function wordOf<T extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly T[],
): T | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const word = words.find((known) => known === text);
  if (word === undefined) throw invalid(name, `expected one of ${words.join(", ")}`);
  return word;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** The requested part of a numbered list. */
interface PageOptions {
  readonly limit: number;
  /** Number of the item before the first one. */
  readonly after: number;
}

/** `limit` (1 to 1000, 100 when absent) and `cursor` of a control list. */
export function pageOptions(query: URLSearchParams): PageOptions {
  return {
    limit: integerOf(query, "limit", 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
    after: integerOf(query, "cursor", 0, Number.MAX_SAFE_INTEGER) ?? 0,
  };
}

/**
 * Answers one page of a list whose items are numbered.
 * @param found one item more than `limit`, when there are more
 * @param more further fields of the answer
 */
export function respondPage<T extends { readonly seq: number }>(
  c: AppContext,
  found: readonly T[],
  limit: number,
  item: (value: T) => unknown,
  more: object = {},
): Response {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const hasMore = found.length > limit;
  return json(c, 200, {
    items: items.map(item),
    pagination: { has_more: hasMore, cursor: hasMore && last ? String(last.seq) : null },
    ...more,
  });
}

/** Answers a list without pages, in the shape of a page. */
export function respondList(c: AppContext, items: readonly unknown[]): Response {
  return json(c, 200, { items, pagination: { has_more: false, cursor: null } });
}
