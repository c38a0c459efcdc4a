import type { MeterState } from "../../../src/domain/limits/meter.js";
import type { EffectiveLimit, Group, LimitType, LimitUnit } from "../../../src/domain/model.js";
import type { Settings } from "../../../src/domain/settings.js";

const WINDOW = { SECOND: 1_000, MINUTE: 60_000 } as const;
const DAY = 86_400_000;

/** One line of the plain list: a request, or tokens booked at the instant of one. */
interface Booking {
  readonly at: number;
  readonly requests: number;
  readonly tokens: number;
}

/** The slow model of a meter: the list of everything, filtered for each question. */
export class SlowMeter {
  readonly bookings: Booking[] = [];

  book(at: number, requests: number, tokens: number): void {
    this.bookings.push({ at, requests, tokens });
  }

  used(type: LimitType, unit: LimitUnit, now: number): number {
    return this.bookings
      .filter(({ at }) =>
        unit === "DAY" ? Math.floor(at / DAY) === Math.floor(now / DAY) : at > now - WINDOW[unit],
      )
      .reduce((sum, booking) => sum + (type === "REQUEST" ? booking.requests : booking.tokens), 0);
  }

  dayUsage(type: LimitType, now: number): number | null {
    return this.bookings.length === 0 ? null : this.used(type, "DAY", now);
  }

  /** Every instant from `now` on at which something may become free. */
  moments(now: number): number[] {
    const frees = this.bookings.flatMap(({ at }) => [at + WINDOW.SECOND, at + WINDOW.MINUTE]);
    const midnight = (Math.floor(now / DAY) + 1) * DAY;
    return [now, ...frees.filter((at) => at > now), midnight].sort((a, b) => a - b);
  }

  /** What storage would hold at `now`: a bucket per millisecond of the last minute, and the last day's sums. */
  state(now: number): MeterState {
    const recent = this.bookings.filter(({ at }) => at > now - WINDOW.MINUTE);
    const instants = [...new Set(recent.map(({ at }) => at))].sort((a, b) => a - b);
    const buckets = instants.map((instant) => ({
      at: instant,
      ...total(recent.filter(({ at }) => at === instant)),
    }));
    if (this.bookings.length === 0) return { buckets, lastDay: null };
    const day = Math.max(...this.bookings.map(({ at }) => Math.floor(at / DAY)));
    const lastDay = { day, ...total(this.bookings.filter(({ at }) => Math.floor(at / DAY) === day)) };
    return { buckets, lastDay };
  }
}

function total(bookings: readonly Booking[]): { requests: number; tokens: number } {
  const sum = { requests: 0, tokens: 0 };
  for (const { requests, tokens } of bookings) {
    sum.requests += requests;
    sum.tokens += tokens;
  }
  return sum;
}

/** L-5, L-6 and L-12, said again in loops. */
export function slowLimits(chain: readonly Group[], slug: string): EffectiveLimit[] {
  const found: EffectiveLimit[] = [];
  const self = chain[0];
  if (!self?.models.some((model) => model.slug === slug)) return found;
  for (const list of ["rate_limits", "usage_limits"] as const) {
    for (const group of chain) {
      for (const model of group.models.filter((candidate) => candidate.slug === slug)) {
        for (const limit of model[list]) {
          const same = found.some(({ type, unit }) => type === limit.type && unit === limit.unit);
          if (self.enforcement === "CASCADING" || !same) found.push({ ...limit, sourceGroup: group.id });
        }
      }
    }
  }
  return found;
}

/** L-11: whether a limit lets a request of so many tokens through. */
export function slowFits(
  limit: EffectiveLimit,
  used: number,
  prompt: number,
  max: number,
  mode: Settings["tokenAdmission"],
): boolean {
  if (used >= limit.threshold) return false;
  if (limit.type === "REQUEST" || mode === "consumed") return true;
  return used + prompt + (mode === "reserve" ? max : 0) <= limit.threshold;
}
