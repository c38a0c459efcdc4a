import type { EffectiveLimit, Group, GroupModel, Limit, LimitUnit, RateUnit, UsageUnit } from "../model.js";

/** A group and its ancestors: `[self, parent, ..., root]`, all with the same enforcement (G-5). */
export type GroupChain = readonly Group[];

/** The limits of one (group, slug), in effective order. */
interface EffectiveLimits {
  readonly rate: readonly EffectiveLimit<RateUnit>[];
  readonly usage: readonly EffectiveLimit<UsageUnit>[];
}

/** One entry of `effective_models` (G-10). */
export interface EffectiveModel extends EffectiveLimits {
  readonly slug: string;
}

const NO_LIMITS: EffectiveLimits = Object.freeze({ rate: Object.freeze([]), usage: Object.freeze([]) });

/**
 * The limits that apply to `slug` for the first group of `chain`; none if that group does not have the slug. Ancestors
 * without the slug are skipped (L-9).
 *
 * Order: the group's own limits as declared, then the parent's, up to the root. INDEPENDENT keeps only the closest
 * limit of each (type, unit) (L-5). CASCADING keeps all (L-6).
 */
export function effectiveLimits(chain: GroupChain, slug: string): EffectiveLimits {
  const self = chain[0];
  if (self === undefined || modelOf(self, slug) === undefined) return NO_LIMITS;
  const rate = declaredAlong(chain, slug, (model) => model.rate_limits);
  const usage = declaredAlong(chain, slug, (model) => model.usage_limits);
  return self.enforcement === "CASCADING" ? { rate, usage } : { rate: closest(rate), usage: closest(usage) };
}

/** `effective_models`: one entry per slug of the group itself, in its order (G-10). */
export function effectiveModels(chain: GroupChain): EffectiveModel[] {
  const self = chain[0];
  if (self === undefined) return [];
  return self.models.map(({ slug }) => ({ slug, ...effectiveLimits(chain, slug) }));
}

/** The first limit of each (type, unit), which is that of the closest group. */
export function closest<U extends LimitUnit>(limits: readonly EffectiveLimit<U>[]): EffectiveLimit<U>[] {
  return limits.filter(
    (limit, index) =>
      limits.findIndex((other) => other.type === limit.type && other.unit === limit.unit) === index,
  );
}

function declaredAlong<U extends LimitUnit>(
  chain: GroupChain,
  slug: string,
  limitsOf: (model: GroupModel) => readonly Limit<U>[],
): EffectiveLimit<U>[] {
  return chain.flatMap((group) => {
    const model = modelOf(group, slug);
    if (model === undefined) return [];
    return limitsOf(model).map((limit) => ({ ...limit, sourceGroup: group.id }));
  });
}

function modelOf(group: Group, slug: string): GroupModel | undefined {
  return group.models.find((model) => model.slug === slug);
}
