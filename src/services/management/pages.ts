import { FIRST_PAGE, type PageKey } from "../../store/page.js";

/** One page asked for: how many, and behind which item (P-1). */
export interface PageRequest {
  readonly limit: number;
  readonly after: PageKey | null;
}

/** One page, and where the next begins; null on the last (P-1). */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: PageKey | null;
}

export type { PageKey };

/** Reads one item more than asked for, to know whether there is another page. */
export function pageOf<T>(
  request: PageRequest,
  read: (after: PageKey, limit: number) => T[],
  keyOf: (item: T) => PageKey,
): Page<T> {
  const found = read(request.after ?? FIRST_PAGE, request.limit + 1);
  const items = found.slice(0, request.limit);
  const last = items.at(-1);
  return { items, next: found.length > request.limit && last ? keyOf(last) : null };
}
