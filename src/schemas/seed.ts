import * as z from "zod";
import { WORKSPACE_KEY_TYPES } from "../domain/model.js";
import { MAX_BODY_BYTES } from "../domain/settings.js";
import { cloudflareSchema } from "./cloudflare.js";
import { completionRuleSchema } from "./completions.js";
import { chainSchema, modelSchema } from "./deployments.js";
import { targetSchema } from "./endpoints.js";
import { answerHeadersSchema, faultRuleSchema } from "./faults.js";
import { externalEntityIdSchema, rateLimitSchema, slugSchema, usageLimitSchema } from "./groups.js";
import { predictionRuleSchema } from "./predictions.js";
import { streamStyleSchema } from "./stream-style.js";

/**
 * Seed files: the same rules as the API's, but strict, because a misspelt key in a file is a mistake.
 * The JSON Schema for editors is generated from here.
 */
const strict = <T extends z.ZodRawShape>(schema: z.ZodObject<T>) => schema.strict();

const instant = z.iso.datetime({ offset: true });
const keyText = z
  .string()
  .regex(/^[\x21-\x7e]{8,512}$/, { error: "expected 8 to 512 printable ASCII characters without spaces" });
const name = z.string().min(1).max(255);

const workspaceKey = z.strictObject({
  key: keyText,
  type: z.enum(WORKSPACE_KEY_TYPES).default("WORKSPACE_MANAGE_ALL"),
  name: name.optional(),
  model_ids: z.array(name).optional().meta({
    description: "The only models it is good for; types WORKSPACE_INVOKE and WORKSPACE_EXPORT_METRICS",
  }),
});

const federatedKey = z.strictObject({
  name: name.meta({ description: "Also the name under which a test finds the key: gateway.keys[name]" }),
  key: keyText.min(17, { error: "expected more than 16 characters: the first 16 are the prefix" }),
});

const groupModel = z.strictObject({
  slug: slugSchema,
  rate_limits: z.array(strict(rateLimitSchema)).optional(),
  usage_limits: z.array(strict(usageLimitSchema)).optional(),
});

const usage = z.strictObject({
  slug: slugSchema,
  type: z.enum(["REQUEST", "TOKEN"]),
  unit: z.enum(["SECOND", "MINUTE", "DAY"]),
  used: z.int().min(0),
});

const groupWithoutChildren = z.strictObject({
  external_entity_id: externalEntityIdSchema,
  name: name.nullable().optional(),
  limit_enforcement: z
    .enum(["INDEPENDENT", "CASCADING"])
    .optional()
    .meta({ description: "Only on a root; children have their parent's. INDEPENDENT when absent" }),
  models: z.array(groupModel).min(1),
  keys: z.array(federatedKey).optional(),
  usage: z
    .array(usage)
    .optional()
    .meta({ description: "Start on the boundary: what this group's own keys have used already, now" }),
});

/** A group with its children. */
export type GroupSeed = z.output<typeof groupWithoutChildren> & { groups?: GroupSeed[] | undefined };
export const groupSeedSchema: z.ZodType<GroupSeed, GroupSeed> = z
  .lazy(() => groupWithoutChildren.extend({ groups: z.array(groupSeedSchema).optional() }))
  .meta({ id: "GroupSeed" });

const endpoint = z.strictObject({
  slug: slugSchema,
  targets: z.array(strict(targetSchema)).min(1),
  region: z.enum(["UNRESTRICTED", "EU"]).optional(),
});

const workspace = z
  .strictObject({
    name,
    onboarded: z.boolean().optional().meta({ description: "true when absent" }),
    api_keys: z.array(workspaceKey).optional(),
    org_prefixes: z.array(z.string().min(1)).optional(),
    registration_public_key: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=$/, { error: "expected a raw Ed25519 public key: 32 bytes in base64" })
      .optional(),
    webhook: z
      .strictObject({
        url: z.url({ protocol: /^https?$/ }),
        secrets: z
          .array(z.string().min(1))
          .min(1)
          .meta({ description: "Newest first; older ones sign for 24 hours more (W-4)" }),
      })
      .optional()
      .meta({ description: "Where billing events go (W-1)" }),
    async_webhook_secrets: z
      .array(z.string().min(1))
      .optional()
      .meta({ description: "Sign results of async requests; newest first, older ones for 24 hours more" }),
    models: z.array(modelSchema).optional(),
    chains: z.array(chainSchema).optional(),
    secrets: z
      .array(z.strictObject({ id: name, name: name.optional().meta({ description: "Its id when absent" }) }))
      .optional(),
    user: z
      .strictObject({
        user_id: name.optional(),
        email: name.nullable().optional(),
        name: name.nullable().optional(),
      })
      .optional()
      .meta({ description: "Who GET /v1/users/me says it is (Y-41)" }),
    team: z
      .strictObject({ id: name.optional(), name: name.optional() })
      .optional()
      .meta({ description: "The workspace's one team (Y-42)" }),
    endpoints: z.array(endpoint).optional(),
    groups: z.array(groupSeedSchema).optional(),
  })
  .meta({ id: "WorkspaceSeed" });
export type WorkspaceSeed = z.output<typeof workspace>;

const settings = z
  .strictObject({
    accept_bearer: z.boolean().optional().meta({ description: "X-1" }),
    management_rate_limit: z.boolean().optional().meta({ description: "A-6" }),
    endpoint_sync_seconds: z.int().min(0).max(86_400).optional().meta({ description: "E-12" }),
    token_admission: z.enum(["consumed", "prompt", "reserve"]).optional().meta({ description: "L-11" }),
    rate_limit_headers: z.boolean().optional().meta({ description: "L-13" }),
    model_server_errors: z.enum(["nested", "flat"]).optional().meta({ description: "X-8" }),
    unknown_fields: z.enum(["ignore", "reject"]).optional().meta({ description: "X-10" }),
    stream_dialect: z.enum(["sparse", "full", "openai"]).optional().meta({ description: "X-11" }),
    tokenizer: z
      .enum(["approximate", "o200k_base", "cl100k_base"])
      .optional()
      .meta({ description: "X-14; the real ones need the package gpt-tokenizer" }),
    stream: streamStyleSchema.optional().meta({ description: "How every answer arrives" }),
    unmatched: z
      .enum(["echo", "error"])
      .optional()
      .meta({ description: "error: a request that no rule fits fails instead of being echoed" }),
    images: z.enum(["accept", "refuse"]).optional().meta({ description: "refuse: text-only models" }),
    logprobs: z
      .enum(["absent", "supported", "refused"])
      .optional()
      .meta({ description: "What becomes of logprobs: true" }),
    models: z
      .record(
        z.string(),
        z.strictObject({
          images: z.enum(["accept", "refuse"]).optional(),
          logprobs: z.enum(["absent", "supported", "refused"]).optional(),
        }),
      )
      .optional()
      .meta({ description: "The same by slug" }),
    webhook_fields: z.enum(["new", "both"]).optional().meta({ description: "W-3" }),
    webhook_concurrency: z.int().min(1).max(1000).optional().meta({ description: "W-10" }),
    webhook_batch: z.int().min(1).max(1000).optional().meta({ description: "Most events of one delivery" }),
    async_concurrency: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: "Y-28: async requests in progress at once, per deployment; 1 when absent" }),
    max_body_bytes: z.int().min(1).max(MAX_BODY_BYTES).optional().meta({ description: "X-13" }),
    errors: z
      .strictObject({
        rate_limited: z
          .strictObject({
            body: z.unknown().optional(),
            headers: answerHeadersSchema.optional(),
          })
          .optional(),
      })
      .optional()
      .meta({ description: "X-6" }),
  })
  .meta({ id: "SettingsSeed" });

/** One seed file, or what several of them come to. */
export const seedSchema = z
  .strictObject({
    $schema: z.string().optional(),
    clock: instant.optional().meta({ description: "Freeze the clock here; real time when absent" }),
    random_seed: z.union([z.int(), z.string()]).optional(),
    settings: settings.optional(),
    workspaces: z.array(workspace).optional(),
    completions: z.array(completionRuleSchema).optional(),
    predictions: z.array(predictionRuleSchema).optional(),
    faults: z.array(faultRuleSchema).optional(),
    cloudflare: cloudflareSchema.optional(),
  })
  .meta({ title: "gateway-emulator seed" });

/** A parsed seed. */
export type Seed = z.output<typeof seedSchema>;
/** A seed as it is written. */
export type SeedInput = z.input<typeof seedSchema>;
