import type { Limit, UsageUnit } from "../model.js";
import { closest, effectiveLimits, type GroupChain } from "./effective.js";
import type { Meter } from "./meter.js";
import { nextMidnight } from "./time.js";

/** A usage limit and its use today (U-1). */
interface UsageEntry extends Limit<UsageUnit> {
  /** null before the counter's first request ever (U-2). */
  readonly currentUsage: number | null;
  /** The next midnight UTC, epoch milliseconds; null if `currentUsage` is null. */
  readonly resetAt: number | null;
}

export interface SlugUsage {
  readonly slug: string;
  readonly entries: readonly UsageEntry[];
}

/**
 * Today's usage of the first group of `chain`: one item per own slug with an effective usage limit (U-1), one entry per
 * type. INDEPENDENT shows the group's own count. CASCADING shows the nearest group that declares the limit, whose count
 * includes its subtree (U-3).
 *
 * @param meterOf the counter of a (group, slug); undefined: nothing was counted
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
