/** Lengths of windows and UTC days, in epoch milliseconds (L-3). */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** Number of the UTC day of an instant; day 0 is 1970-01-01. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** The next midnight UTC, later than `at`. */
export function nextMidnight(at: number): number {
  return (dayOf(at) + 1) * DAY_MS;
}
