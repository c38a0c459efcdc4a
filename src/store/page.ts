/** The last item of a page; the next page starts after it (P-2). */
export interface PageKey {
  readonly at: number;
  readonly id: string;
}

/** Sorts before all keys, because ids are never empty. */
export const FIRST_PAGE: PageKey = { at: Number.MIN_SAFE_INTEGER, id: "" };
