/** Units of durations such as `250ms`, `61s`, `2m`, `1h`, `1d`, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** 100 years. A longer one is a slip, and would leave the range of dates. */
const MOST_MS = 36_500 * 86_400_000;

/** Describes what {@link parseDuration} accepts, for messages. */
export const DURATION_FORM =
  'expected milliseconds or a text such as "250ms", "61s", "2m", "1h", at most 36500d';

/** Milliseconds of a valid duration; undefined without one. */
export function millisecondsOf(value: number | string | undefined): number | undefined {
  return value === undefined ? undefined : (parseDuration(value) ?? 0);
}

/** @returns whole milliseconds >= 0, or null when it is not a duration, or one of more than 100 years */
export function parseDuration(value: number | string): number | null {
  if (typeof value === "number") return Number.isInteger(value) ? inRange(value) : null;
  const parts = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(value.trim());
  if (!parts) return null;
  const unit = UNITS[parts[2] ?? ""];
  return unit === undefined ? null : inRange(Math.round(Number(parts[1]) * unit));
}

function inRange(milliseconds: number): number | null {
  return milliseconds >= 0 && milliseconds <= MOST_MS ? milliseconds : null;
}
