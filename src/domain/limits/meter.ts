import type { LimitType, LimitUnit } from "../model.js";
import type { Bucket } from "./buckets.js";
import { RollingCounts } from "./rolling.js";
import { dayOf, MINUTE_MS, nextMidnight, SECOND_MS } from "./time.js";

/** What one UTC day counted. */
export interface DayCount {
  /** Number of the day, as `dayOf` gives it. */
  readonly day: number;
  readonly requests: number;
  readonly tokens: number;
}

/** A meter's counts as storage keeps them (L-15). */
export interface MeterState {
  /** At least those of the last 60 seconds, ascending. */
  readonly buckets: Iterable<Bucket>;
  /** The latest day with traffic; null when no request ever landed (U-2). */
  readonly lastDay: DayCount | null;
}

/** Index of each window of the rolling counts. */
const SECOND = 0;
const MINUTE = 1;

/**
 * Everything that one (group, slug) has admitted (L-1): the last second, the last minute and the UTC day, for
 * requests and tokens alike. It counts whether or not a limit exists, so that a limit set later sees what was
 * counted before (L-14).
 *
 * Time only moves forward: an earlier instant counts as the latest one seen. A clock that is set back needs
 * fresh meters.
 */
export class Meter {
  readonly #rolling = new RollingCounts(SECOND_MS, MINUTE_MS);
  /** The latest day with traffic; null until the first request ever lands. */
  #day: number | null = null;
  #dayRequests = 0;
  #dayTokens = 0;

  /** A meter that goes on from stored counts (L-15). */
  static restore({ buckets, lastDay }: MeterState): Meter {
    const meter = new Meter();
    for (const { at, requests, tokens } of buckets) meter.#rolling.add(at, requests, tokens);
    if (lastDay !== null) {
      meter.#day = lastDay.day;
      meter.#dayRequests = lastDay.requests;
      meter.#dayTokens = lastDay.tokens;
    }
    return meter;
  }

  /** Counts one request that arrives at `at`, which is now, with the tokens reserved for it. */
  admit(at: number, reservedTokens = 0): void {
    const instant = this.#rolling.advance(at);
    this.#rolling.add(instant, 1, reservedTokens);
    this.#startDay(dayOf(instant));
    this.#dayRequests += 1;
    this.#dayTokens += reservedTokens;
  }

  /**
   * Books tokens at the instant `at` when their request was admitted, which may be past. A window or day that
   * is over takes no notice. Negative tokens give back part of a reservation.
   */
  charge(at: number, tokens: number): void {
    if (tokens === 0) return;
    this.#rolling.add(at, 0, tokens);
    const day = dayOf(at);
    this.#startDay(day);
    if (day === this.#day) this.#dayTokens += tokens;
  }

  /** What counts against a limit of that type and unit at `now` (L-3). */
  used(type: LimitType, unit: LimitUnit, now: number): number {
    switch (unit) {
      case "SECOND":
        this.#rolling.advance(now);
        return this.#rolling.sum(SECOND, type);
      case "MINUTE":
        this.#rolling.advance(now);
        return this.#rolling.sum(MINUTE, type);
      case "DAY":
        return this.dayUsage(type, now) ?? 0;
    }
  }

  /** The count of `now`'s UTC day; null until the first request ever lands, and 0 after a midnight (U-2). */
  dayUsage(type: LimitType, now: number): number | null {
    if (this.#day === null) return null;
    if (dayOf(now) > this.#day) return 0;
    switch (type) {
      case "REQUEST":
        return this.#dayRequests;
      case "TOKEN":
        return this.#dayTokens;
    }
  }

  /**
   * The first instant from `now` on at which less than `threshold` is used, if nothing more is admitted; null
   * when that is never (`threshold` of 0 or less). For hints and `Retry-After`, not for every request.
   */
  roomAt(type: LimitType, unit: LimitUnit, threshold: number, now: number): number | null {
    switch (unit) {
      case "SECOND":
        return this.#rolling.roomAt(SECOND, type, threshold, now);
      case "MINUTE":
        return this.#rolling.roomAt(MINUTE, type, threshold, now);
      case "DAY":
        if (this.used(type, unit, now) < threshold) return now;
        return threshold > 0 ? nextMidnight(now) : null;
    }
  }

  #startDay(day: number): void {
    if (this.#day !== null && day <= this.#day) return;
    this.#day = day;
    this.#dayRequests = 0;
    this.#dayTokens = 0;
  }
}
