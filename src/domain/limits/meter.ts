import type { LimitType, LimitUnit } from "../model.js";
import type { Bucket } from "./buckets.js";
import { RollingCounts } from "./rolling.js";
import { dayOf, MINUTE_MS, nextMidnight, SECOND_MS } from "./time.js";

/** The counts of one UTC day. */
export interface DayCount {
  /** Number of the day, see `dayOf`. */
  readonly day: number;
  readonly requests: number;
  readonly tokens: number;
}

/** The stored counts of a meter (L-15). */
export interface MeterState {
  /** Ascending; at least the last 60 seconds. */
  readonly buckets: Iterable<Bucket>;
  /** The latest day with traffic; null: no traffic ever (U-2). */
  readonly lastDay: DayCount | null;
}

/** Indexes of the windows in the rolling counts. */
const WINDOWS = { SECOND: 0, MINUTE: 1 } as const;

/**
 * Counts the admitted requests and tokens of one (group, slug) (L-1): in the last second, the last minute and the UTC
 * day. It counts with or without limits, because a limit set later includes earlier traffic (L-14, Y-5).
 *
 * Time never moves back: an earlier instant counts as the latest one seen. After a clock is set back, use new meters.
 */
export class Meter {
  readonly #rolling = new RollingCounts(SECOND_MS, MINUTE_MS);
  /** The latest day with traffic; null before the first request. */
  #day: number | null = null;
  #dayRequests = 0;
  #dayTokens = 0;

  /** A meter that continues stored counts (L-15). */
  static restore({ buckets, lastDay }: MeterState): Meter {
    const meter = new Meter();
    for (const { at, requests, tokens } of buckets) meter.recall(at, requests, tokens);
    if (lastDay !== null) {
      meter.#day = lastDay.day;
      meter.#dayRequests = lastDay.requests;
      meter.#dayTokens = lastDay.tokens;
    }
    return meter;
  }

  /** Adds stored counts of the last 60 seconds to the windows, but not to the day (L-15). Fastest in ascending order. */
  recall(at: number, requests: number, tokens: number): void {
    this.#rolling.add(at, requests, tokens);
  }

  /** Counts a request that arrives now, with its reserved tokens. */
  admit(at: number, reservedTokens = 0): void {
    const instant = this.#rolling.advance(at);
    this.#rolling.add(instant, 1, reservedTokens);
    this.#startDay(dayOf(instant));
    this.#dayRequests += 1;
    this.#dayTokens += reservedTokens;
  }

  /**
   * Counts tokens at `at`, when their request was admitted. A window or day that is over ignores them. Negative tokens
   * return part of a reservation.
   */
  charge(at: number, tokens: number): void {
    if (tokens === 0) return;
    this.#rolling.add(at, 0, tokens);
    const day = dayOf(at);
    this.#startDay(day);
    if (day === this.#day) this.#dayTokens += tokens;
  }

  /** The use of a limit of that type and unit at `now` (L-3). */
  used(type: LimitType, unit: LimitUnit, now: number): number {
    if (unit === "DAY") return this.dayUsage(type, now) ?? 0;
    this.#rolling.advance(now);
    return this.#rolling.sum(WINDOWS[unit], type);
  }

  /** The count of `now`'s UTC day; null before the first request ever, 0 on a day without traffic (U-2). */
  dayUsage(type: LimitType, now: number): number | null {
    if (this.#day === null) return null;
    if (dayOf(now) > this.#day) return 0;
    return type === "REQUEST" ? this.#dayRequests : this.#dayTokens;
  }

  /**
   * When less than `threshold` is used, if nothing more is admitted: `now` or later; null: never (`threshold` of 0 or
   * less). For hints and `Retry-After`; too slow for every request.
   */
  roomAt(type: LimitType, unit: LimitUnit, threshold: number, now: number): number | null {
    if (unit !== "DAY") return this.#rolling.roomAt(WINDOWS[unit], type, threshold, now);
    if (this.used(type, unit, now) < threshold) return now;
    return threshold > 0 ? nextMidnight(now) : null;
  }

  #startDay(day: number): void {
    if (this.#day !== null && day <= this.#day) return;
    this.#day = day;
    this.#dayRequests = 0;
    this.#dayTokens = 0;
  }
}
