import type { Group, GroupModel, Limit } from "../model.js";

/** Maximum levels of groups; the root is level one (G-5). */
export const MAX_LEVELS = 5;

/** A threshold that conflicts with the threshold of an ancestor or a descendant. */
interface ThresholdConflict extends Limit {
  readonly slug: string;
  readonly otherGroupId: string;
  readonly otherThreshold: number;
}

/**
 * The first threshold above an ancestor's (G-6), or null. Equal thresholds are allowed. Limits of different slug, type
 * or unit do not conflict. The rule applies to CASCADING groups only.
 *
 * @param models the new models of the group
 * @param ancestors in any order; checked before the descendants
 * @param descendants the subtree without the group itself, in any order
 */
export function cascadingConflict(
  models: readonly GroupModel[],
  ancestors: readonly Group[],
  descendants: readonly Group[],
): ThresholdConflict | null {
  const bySlug = new Map(models.map((model) => [model.slug, model]));
  return (
    firstConflict(bySlug, ancestors, (own, ancestor) => own > ancestor) ??
    firstConflict(bySlug, descendants, (own, descendant) => own < descendant)
  );
}

function firstConflict(
  bySlug: ReadonlyMap<string, GroupModel>,
  relatives: readonly Group[],
  conflicts: (own: number, other: number) => boolean,
): ThresholdConflict | null {
  for (const relative of relatives) {
    for (const model of relative.models) {
      const own = bySlug.get(model.slug);
      if (own === undefined) continue;
      for (const other of limitsOf(model)) {
        const limit = limitsOf(own).find(({ type, unit }) => type === other.type && unit === other.unit);
        if (limit !== undefined && conflicts(limit.threshold, other.threshold)) {
          return {
            ...limit,
            slug: model.slug,
            otherGroupId: relative.id,
            otherThreshold: other.threshold,
          };
        }
      }
    }
  }
  return null;
}

function limitsOf(model: GroupModel): readonly Limit[] {
  return [...model.rate_limits, ...model.usage_limits];
}
