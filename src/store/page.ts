/** The last item of a page: where the next one begins (P-2, keyset). */
export interface PageKey {
  readonly at: number;
  readonly id: string;
}

/** Sorts before every real key: ids are never empty. */
export const FIRST_PAGE: PageKey = { at: Number.MIN_SAFE_INTEGER, id: "" };
