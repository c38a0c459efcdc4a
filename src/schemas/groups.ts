import * as z from "zod";
import { isSlug, SLUG_FORM } from "../domain/slug.js";

/** Maximum length of `external_entity_id` and `name`, in characters (G-2). */
const MAX_NAME = 255;

export const slugSchema = z
  .string()
  .refine(isSlug, { error: SLUG_FORM })
  .meta({ description: "{org_prefix}/{name} (E-2)", examples: ["my-org/glm-5.2"] });

/** Zero is an error. */
const threshold = z.int().min(1).describe("At least 1 (X-21)");
const limitType = z.enum(["REQUEST", "TOKEN"]);

const rateLimitSchema = z
  .object({ type: limitType, unit: z.enum(["SECOND", "MINUTE"]), threshold })
  .meta({ id: "RateLimit", description: "A rolling window of exactly one second or minute (L-3)" });

const usageLimitSchema = z
  .object({ type: limitType, unit: z.enum(["DAY"]), threshold })
  .meta({ id: "UsageLimit", description: "The UTC day (L-3)" });

/** One slug of a group with its limits (G-3). Absent lists count as empty. */
export const groupModelSchema = z
  .object(modelShape(rateLimitSchema, usageLimitSchema))
  .meta({ id: "GroupModel" });

/** The same in a seed, where an unknown key is an error. */
const strictGroupModelSchema = z.strictObject(
  modelShape(rateLimitSchema.strict(), usageLimitSchema.strict()),
);

const models = z.array(groupModelSchema).superRefine(eachSlugOnce);

/** The models of a group in a seed: what the API refuses is refused there too. */
export const seedModelsSchema = z
  .array(strictGroupModelSchema)
  .superRefine(eachSlugOnce)
  .min(1, { error: "expected at least one model" });

/** A name of a group or key, which need not have one. */
export const nameSchema = z.string().max(MAX_NAME).nullish();

export const externalEntityIdSchema = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .meta({ description: "Your own stable id, unique in the workspace (G-2)", examples: ["cust_42"] });

const hierarchySchema = z
  .object({
    limit_enforcement: z.enum(["INDEPENDENT", "CASCADING"]).nullish(),
    parent_group_id: z.string().nullish(),
  })
  .describe("Default mode: the parent's, or INDEPENDENT for a root (G-4)");

/** Body of `POST /v1/gateway/groups` (G-1 to G-4). */
export const createGroupSchema = z
  .object({
    metadata: z.object({ name: nameSchema, external_entity_id: externalEntityIdSchema }),
    models: models.min(1, { error: "expected at least one model" }),
    hierarchy: hierarchySchema,
  })
  .meta({ id: "CreateGroup" });

/** Body of `PATCH /v1/gateway/groups/{id}` (G-8). */
export const updateGroupSchema = z
  .object({
    metadata: z
      .object({ name: nameSchema, external_entity_id: unchangeable("external_entity_id") })
      .nullish(),
    models: models.nullish(),
    hierarchy: unchangeable("hierarchy"),
  })
  .refine((change) => change.models != null || change.metadata?.name !== undefined, {
    error: "expected metadata.name or models",
  })
  .meta({ id: "UpdateGroup" });

/** Body of `POST /v1/gateway/groups/{id}/api_keys` (K-1). */
export const mintKeySchema = z.object({ name: nameSchema }).meta({ id: "MintKey" });

/** Body of `POST /v1/gateway/groups/{id}/api_keys/register` (K-3, K-5). */
export const registerKeySchema = z.object({ key: z.string(), name: nameSchema }).meta({ id: "RegisterKey" });

/** A field that a PATCH must not have (G-8). */
function unchangeable(field: string) {
  return z
    .unknown()
    .refine((value) => value === undefined, { error: `${field} cannot be changed` })
    .optional();
}

/** @param rateLimit one limit; strict in seeds @param usageLimit the same */
function modelShape<Rate extends typeof rateLimitSchema, Usage extends typeof usageLimitSchema>(
  rateLimit: Rate,
  usageLimit: Usage,
) {
  return {
    slug: slugSchema,
    rate_limits: z
      .array(rateLimit)
      .nullish()
      .superRefine(unique((limit) => limit.type, "expected at most one rate limit per type")),
    usage_limits: z
      .array(usageLimit)
      .nullish()
      .superRefine(
        unique(
          (limit) => `${limit.type}/${limit.unit}`,
          "expected at most one usage limit per type and unit",
        ),
      ),
  };
}

function eachSlugOnce(models: readonly { readonly slug: string }[], context: z.RefinementCtx): void {
  unique((model: { readonly slug: string }) => model.slug, "expected each slug once")(models, context);
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
