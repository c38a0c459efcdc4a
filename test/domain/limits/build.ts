import { Meter } from "../../../src/domain/limits/meter.js";
import { DAY_MS } from "../../../src/domain/limits/time.js";
import type {
  Group,
  GroupModel,
  Limit,
  LimitEnforcement,
  LimitType,
  RateUnit,
  UsageUnit,
} from "../../../src/domain/model.js";

export const SLUG = "acme/llama";

/** Noon of a UTC day, so that midnight is far from everything that does not look for it. */
export const NOON = 20_000 * DAY_MS + DAY_MS / 2;
export const MIDNIGHT = 20_001 * DAY_MS;

export function rate(type: LimitType, unit: RateUnit, threshold: number): Limit<RateUnit> {
  return { type, unit, threshold };
}

export function daily(type: LimitType, threshold: number): Limit<UsageUnit> {
  return { type, unit: "DAY", threshold };
}

/** A model entry of a group from a mixed list of limits. */
export function model(slug: string, ...limits: readonly (Limit<RateUnit> | Limit<UsageUnit>)[]): GroupModel {
  return {
    slug,
    rate_limits: limits.filter((limit): limit is Limit<RateUnit> => limit.unit !== "DAY"),
    usage_limits: limits.filter((limit): limit is Limit<UsageUnit> => limit.unit === "DAY"),
  };
}

export function group(
  id: string,
  enforcement: LimitEnforcement,
  parent: Group | null,
  ...models: readonly GroupModel[]
): Group {
  const parentId = parent === null ? null : parent.id;
  return {
    id,
    workspaceId: "w",
    name: null,
    externalEntityId: id,
    models,
    enforcement,
    parentId,
    createdAt: 0,
  };
}

/** Meters by group and slug, each made when it is first asked for. */
export function meterBook(): (groupId: string, slug: string) => Meter {
  const meters = new Map<string, Meter>();
  return (groupId, slug) => {
    const key = `${groupId} ${slug}`;
    const meter = meters.get(key) ?? new Meter();
    meters.set(key, meter);
    return meter;
  };
}
