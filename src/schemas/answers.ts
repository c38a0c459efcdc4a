import * as z from "zod";
import { PROVIDERS, REGIONS } from "../domain/model.js";
import { groupModelSchema } from "./groups.js";

/** Answers of the management API, for the API description only. The routes build them by hand. */

export const time = z.iso.datetime().describe("YYYY-MM-DDTHH:MM:SSZ");

const pagination = z
  .object({ has_more: z.boolean(), cursor: z.string().nullable() })
  .meta({ id: "Pagination", description: "P-1" });

/** A page of a list (P-1). */
export const pageAnswer = <T extends z.ZodType>(items: T) => z.object({ items: z.array(items), pagination });

const effectiveLimit = <U extends string>(id: string, unit: z.ZodEnum<{ [K in U]: K }>) =>
  z
    .object({
      type: z.enum(["REQUEST", "TOKEN"]),
      unit,
      threshold: z.int(),
      source_group: z.string().describe("Id of the group that declares the limit (G-10)"),
    })
    .meta({ id });

export const endpointAnswer = z
  .object({
    id: z.string(),
    slug: z.string(),
    targets: z.array(
      z.object({
        provider: z.enum(PROVIDERS),
        model_id: z.string().optional(),
        environment_name: z.string().optional(),
        secret_id: z.string().optional(),
        target_model: z.string().optional(),
        base_url: z.string().optional(),
        vertex_config: z.object({ project_id: z.string(), location: z.string() }).optional(),
      }),
    ),
    region: z.enum(REGIONS).optional().describe("Only when it was given (E-13)"),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: "Endpoint" });
export const endpointPageAnswer = pageAnswer(endpointAnswer).meta({ id: "EndpointPage" });
export const endpointDeletedAnswer = z
  .object({ id: z.string(), slug: z.string() })
  .meta({ id: "EndpointDeleted" });

const metadata = z.object({ name: z.string().nullable(), external_entity_id: z.string() });

export const groupAnswer = z
  .object({
    id: z.string(),
    metadata,
    models: z.array(groupModelSchema),
    effective_models: z.array(
      z
        .object({
          slug: z.string(),
          rate_limits: z.array(effectiveLimit("EffectiveRateLimit", z.enum(["SECOND", "MINUTE"]))),
          usage_limits: z.array(effectiveLimit("EffectiveUsageLimit", z.enum(["DAY"]))),
        })
        .meta({ id: "EffectiveModel" }),
    ),
    hierarchy: z.object({
      limit_enforcement: z.enum(["INDEPENDENT", "CASCADING"]),
      parent_group_id: z.string().nullable(),
    }),
    created_at: time,
  })
  .meta({ id: "Group" });
export const groupPageAnswer = pageAnswer(groupAnswer).meta({ id: "GroupPage" });
export const groupDeletedAnswer = z
  .object({ id: z.string(), metadata, deleted_at: time })
  .meta({ id: "GroupDeleted" });

export const keyMintedAnswer = z
  .object({
    api_key: z.string().describe("The whole key, shown this once"),
    prefix: z.string(),
    name: z.string().nullable(),
  })
  .meta({ id: "KeyMinted" });
export const keyAnswer = z.object({ prefix: z.string(), name: z.string().nullable() }).meta({ id: "Key" });
export const keyPageAnswer = pageAnswer(keyAnswer).meta({ id: "KeyPage" });
export const keyRevokedAnswer = z.object({ prefix: z.string() }).meta({ id: "KeyRevoked" });
export const keyRegisteredAnswer = z.object({ ok: z.literal(true) }).meta({ id: "KeyRegistered" });

export const usageAnswer = z
  .object({
    customer_id: z.string(),
    usage: z.record(
      z.string(),
      z.array(
        z.object({
          type: z.enum(["REQUEST", "TOKEN"]),
          unit: z.enum(["DAY"]),
          threshold: z.int(),
          current_usage: z.int().nullable(),
          reset_at: time.nullable(),
        }),
      ),
    ),
  })
  .meta({ id: "Usage" });
