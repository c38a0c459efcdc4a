import { invalid } from "../../domain/errors.js";
import type { AppContext } from "../env.js";
import { jsonPage } from "../respond.js";

/** The value of a query parameter. @throws GatewayError `validation` */
type Reader<T> = (text: string, name: string) => T;

/**
 * The query of a control request; absent parameters are left out. Unknown ones are errors, because a misspelt filter
 * would match everything.
 * @throws GatewayError `validation`
 */
export function readQuery<T extends object>(
  c: AppContext,
  readers: { readonly [K in keyof T]: Reader<T[K]> },
): Partial<T> {
  const query = new URL(c.req.url).searchParams;
  const known = Object.keys(readers);
  for (const name of query.keys()) {
    if (!known.includes(name)) throw invalid(name, `unknown parameter; there are ${known.join(", ")}`);
  }
  const values = Object.entries<Reader<unknown>>(readers).flatMap(([name, read]) => {
    const given = query.get(name);
    return given === null ? [] : [[name, read(given, name)]];
  });
  return Object.fromEntries(values) as Partial<T>;
}

export const text: Reader<string> = (given) => given;

export function integer(least: number, most: number): Reader<number> {
  return (given, name) => {
    const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw invalid(name, `expected an integer from ${least} to ${most}`);
  };
}

export function word<T extends string>(words: readonly T[]): Reader<T> {
  return (given, name) => {
    const found = words.find((known) => known === given);
    if (found === undefined) throw invalid(name, `expected one of ${words.join(", ")}`);
    return found;
  };
}

const DEFAULT_LIMIT = 100;

/** The requested part of a numbered list: at most `limit` items behind the one with the number `cursor`. */
export const PAGE = { limit: integer(1, 1000), cursor: integer(0, Number.MAX_SAFE_INTEGER) };

export interface PageOptions {
  readonly limit?: number | undefined;
  readonly cursor?: number | undefined;
}

/**
 * Answers one page of a list whose items are numbered.
 * @param find at most so many items behind the one of this number
 * @param more further fields of the answer
 */
export function respondPage<T extends { readonly seq: number }>(
  c: AppContext,
  { limit = DEFAULT_LIMIT, cursor: after = 0 }: PageOptions,
  find: (after: number, most: number) => readonly T[],
  item: (value: T) => unknown,
  more: object = {},
): Response {
  const found = find(after, limit + 1);
  const items = found.slice(0, limit);
  const next = found.length > limit ? items.at(-1) : undefined;
  return jsonPage(c, items.map(item), next ? String(next.seq) : null, more);
}
