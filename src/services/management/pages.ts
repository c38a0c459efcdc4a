import { FIRST_PAGE, type PageKey } from "../../store/page.js";

/** A request for one page (P-1). */
export interface PageRequest {
  readonly limit: number;
  /** The last item of the page before; null for the first page. */
  readonly after: PageKey | null;
}

/** One page; `next` is null on the last (P-1). */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: PageKey | null;
}

export type { PageKey };

/** Reads one item more than requested, to find out whether there is another page. */
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
