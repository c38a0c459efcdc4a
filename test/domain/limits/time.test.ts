import { expect, test } from "vitest";
import { DAY_MS, dayOf, MINUTE_MS, nextMidnight, SECOND_MS } from "../../../src/domain/limits/time.js";

test("L-3: windows last exactly 1 s and 60 s, a day 24 hours", () => {
  expect([SECOND_MS, MINUTE_MS, DAY_MS]).toEqual([1_000, 60_000, 24 * 60 * 60_000]);
});

test("L-3: a UTC day begins at midnight and ends just before the next one", () => {
  const midnight = Date.UTC(2026, 5, 18);
  expect(dayOf(midnight)).toBe(dayOf(midnight - 1) + 1);
  expect(dayOf(midnight + DAY_MS - 1)).toBe(dayOf(midnight));
  expect(nextMidnight(midnight - 1)).toBe(midnight);
  expect(nextMidnight(midnight)).toBe(Date.UTC(2026, 5, 19));
});
