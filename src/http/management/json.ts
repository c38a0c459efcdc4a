import { isoTime } from "../../domain/iso-time.js";
import type { SlugUsage } from "../../domain/limits/usage.js";
import type { EffectiveLimit, Endpoint, FederatedKey, Group } from "../../domain/model.js";
import type { GroupView } from "../../services/management/groups.js";

/** Domain objects in the shapes of the management API, with keys in the documented order. */

/** `YYYY-MM-DDTHH:MM:SSZ`. */
export function timestamp(at: number): string {
  return `${isoTime(at).slice(0, 19)}Z`;
}

export function endpointJson(endpoint: Endpoint) {
  return {
    id: endpoint.id,
    slug: endpoint.slug,
    targets: endpoint.targets,
    ...(endpoint.region === null ? {} : { region: endpoint.region }),
    created_at: timestamp(endpoint.createdAt),
    updated_at: timestamp(endpoint.updatedAt),
  };
}

export function groupMetadataJson(group: Group) {
  return { name: group.name, external_entity_id: group.externalEntityId };
}

export function groupJson({ group, effectiveModels }: GroupView) {
  return {
    id: group.id,
    metadata: groupMetadataJson(group),
    models: group.models,
    effective_models: effectiveModels.map((model) => ({
      slug: model.slug,
      rate_limits: model.rate.map(effectiveLimitJson),
      usage_limits: model.usage.map(effectiveLimitJson),
    })),
    hierarchy: { limit_enforcement: group.enforcement, parent_group_id: group.parentId },
    created_at: timestamp(group.createdAt),
  };
}

function effectiveLimitJson({ type, unit, threshold, sourceGroup }: EffectiveLimit) {
  return { type, unit, threshold, source_group: sourceGroup };
}

export function keyJson(key: FederatedKey) {
  return { prefix: key.prefix, name: key.name };
}

/** The usage of a group and its ancestors, by slug (U-1). */
export function groupUsageJson(group: Group, usage: readonly SlugUsage[]) {
  return {
    customer_id: group.externalEntityId,
    usage: Object.fromEntries(
      usage.map(({ slug, entries }) => [
        slug,
        entries.map((entry) => ({
          type: entry.type,
          unit: entry.unit,
          threshold: entry.threshold,
          current_usage: entry.currentUsage,
          reset_at: entry.resetAt === null ? null : timestamp(entry.resetAt),
        })),
      ]),
    ),
  };
}
