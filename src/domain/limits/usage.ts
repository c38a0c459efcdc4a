import type { LimitType, UsageUnit } from "../model.js";
import { closest, effectiveLimits, type GroupChain } from "./effective.js";
import type { Meter } from "./meter.js";
import { nextMidnight } from "./time.js";

/** One usage limit and how much of it is used today (U-1). */
export interface UsageEntry {
  readonly type: LimitType;
  readonly unit: UsageUnit;
  readonly threshold: number;
  /** Null until the first request ever lands on the counter (U-2). */
  readonly currentUsage: number | null;
  /** The next midnight UTC in epoch milliseconds; null together with `currentUsage`. */
  readonly resetAt: number | null;
}

export interface SlugUsage {
  readonly slug: string;
  readonly entries: readonly UsageEntry[];
}

/**
 * Today's usage of the first group of `chain`: one item per slug of its own set that has an effective usage
 * limit (U-1), one entry per type. INDEPENDENT shows the group's own count. CASCADING shows the nearest group
 * that declares the limit: its threshold, and its count, which includes its subtree (U-3).
 *
 * @param meterOf the counter of a (group, slug), undefined when nothing was ever counted there
 */
export function usageOf(
  chain: GroupChain,
  meterOf: (groupId: string, slug: string) => Meter | undefined,
  now: number,
): SlugUsage[] {
  const self = chain[0];
  if (self === undefined) return [];
  return self.models.flatMap(({ slug }) => {
    const entries = closest(effectiveLimits(chain, slug).usage).map((limit): UsageEntry => {
      const { type, unit, threshold, sourceGroup } = limit;
      const counter = self.enforcement === "CASCADING" ? sourceGroup : self.id;
      const currentUsage = meterOf(counter, slug)?.dayUsage(type, now) ?? null;
      return {
        type,
        unit,
        threshold,
        currentUsage,
        resetAt: currentUsage === null ? null : nextMidnight(now),
      };
    });
    return entries.length === 0 ? [] : [{ slug, entries }];
  });
}
