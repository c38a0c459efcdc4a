import * as z from "zod";
import { isSlug, SLUG_FORM } from "../domain/slug.js";

/** Longest `external_entity_id` and `name`, characters (G-2). */
const MAX_NAME = 255;

export const slugSchema = z
  .string()
  .refine(isSlug, { error: SLUG_FORM })
  .meta({ description: "{org_prefix}/{name} (E-2)", examples: ["my-org/glm-5.2"] });

/** zero is refused. */
const threshold = z.int().min(1).meta({ description: "At least 1 (X-21)" });
const limitType = z.enum(["REQUEST", "TOKEN"]);

export const rateLimitSchema = z
  .object({ type: limitType, unit: z.enum(["SECOND", "MINUTE"]), threshold })
  .meta({ id: "RateLimit", description: "A rolling window of exactly one second or minute (L-3)" });

export const usageLimitSchema = z
  .object({ type: limitType, unit: z.enum(["DAY"]), threshold })
  .meta({ id: "UsageLimit", description: "The UTC day (L-3)" });

/** One slug of a group with its own limits (G-3); absent lists become empty ones. */
export const groupModelSchema = z
  .object({
    slug: slugSchema,
    rate_limits: z
      .array(rateLimitSchema)
      .nullish()
      .superRefine(unique((limit) => limit.type, "expected at most one rate limit per type")),
    usage_limits: z
      .array(usageLimitSchema)
      .nullish()
      .superRefine(
        unique(
          (limit) => `${limit.type}/${limit.unit}`,
          "expected at most one usage limit per type and unit",
        ),
      ),
  })
  .meta({ id: "GroupModel" });

const models = z
  .array(groupModelSchema)
  .superRefine(unique((model) => model.slug, "expected each slug once"));

const name = z.string().max(MAX_NAME).nullish();

export const externalEntityIdSchema = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .meta({ description: "Your stable id; unique in the workspace (G-2)", examples: ["cust_42"] });

export const hierarchySchema = z
  .object({
    limit_enforcement: z.enum(["INDEPENDENT", "CASCADING"]).nullish(),
    parent_group_id: z.string().nullish(),
  })
  .meta({ description: "Omitted mode: the parent's, or INDEPENDENT for a root (G-4)" });

/** `POST /v1/gateway/groups` (G-1 to G-4). */
export const createGroupSchema = z
  .object({
    metadata: z.object({ name, external_entity_id: externalEntityIdSchema }),
    models: models.min(1, { error: "expected at least one model" }),
    hierarchy: hierarchySchema,
  })
  .meta({ id: "CreateGroup" });

/** `PATCH /v1/gateway/groups/{id}` (G-8). */
export const updateGroupSchema = z
  .object({
    metadata: z.object({ name, external_entity_id: refused("external_entity_id") }).nullish(),
    models: models.nullish(),
    hierarchy: refused("hierarchy"),
  })
  .refine((change) => change.models != null || change.metadata?.name !== undefined, {
    error: "expected metadata.name or models",
  })
  .meta({ id: "UpdateGroup" });

/** `POST /v1/gateway/groups/{id}/api_keys` (K-1). */
export const mintKeySchema = z.object({ name: z.string().max(MAX_NAME).nullish() }).meta({ id: "MintKey" });

/** `POST /v1/gateway/groups/{id}/api_keys/register` (K-3, K-5). */
export const registerKeySchema = z
  .object({ key: z.string(), name: z.string().max(MAX_NAME).nullish() })
  .meta({ id: "RegisterKey" });

/** A field that a PATCH must not carry (G-8). */
function refused(field: string) {
  return z
    .unknown()
    .refine((value) => value === undefined, { error: `${field} cannot be changed` })
    .optional();
}

function unique<T>(keyOf: (item: T) => string, message: string) {
  return (items: readonly T[] | null | undefined, context: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const [index, item] of (items ?? []).entries()) {
      const key = keyOf(item);
      if (seen.has(key))
        context.addIssue({ code: "custom", path: [index], message: `${message}; ${key} is repeated` });
      seen.add(key);
    }
  };
}
