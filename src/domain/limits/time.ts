/** Arithmetic on epoch milliseconds: lengths of the windows and UTC days (L-3). */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** Number of the UTC day that holds the instant `at`; day 0 is 1970-01-01. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** The first midnight UTC after `at`; at midnight itself, the following one. */
export function nextMidnight(at: number): number {
  return (dayOf(at) + 1) * DAY_MS;
}
