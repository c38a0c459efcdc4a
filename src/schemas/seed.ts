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
 * Seed files follow the rules of the API, but are strict: an unknown key in a file is an error. The JSON Schema for
 * editors is generated from this schema.
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
  model_ids: z
    .array(name)
    .optional()
    .describe("The models that the key may call. Only for WORKSPACE_INVOKE and WORKSPACE_EXPORT_METRICS"),
});

const federatedKey = z.strictObject({
  name: name.describe("Tests read the key by this name: gateway.keys[name]"),
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
    .describe("Only on a root; children have the mode of their parent. INDEPENDENT when absent"),
  models: z.array(groupModel).min(1),
  keys: z.array(federatedKey).optional(),
  usage: z
    .array(usage)
    .optional()
    .describe("Usage by this group's own keys at the start, such as just below a limit"),
});

/** A group with its children. */
export type GroupSeed = z.output<typeof groupWithoutChildren> & { groups?: GroupSeed[] | undefined };
const groupSeedSchema: z.ZodType<GroupSeed, GroupSeed> = z
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
    onboarded: z.boolean().optional().describe("true when absent"),
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
          .describe("Newest first; older ones also sign, for 24 hours (W-4)"),
      })
      .optional()
      .describe("Receiver of billing events (W-1)"),
    async_webhook_secrets: z
      .array(z.string().min(1))
      .optional()
      .describe(
        "Secrets that sign results of async requests. Newest first; older ones also sign, for 24 hours (I-5.5b)",
      ),
    models: z.array(modelSchema).optional(),
    chains: z.array(chainSchema).optional(),
    secrets: z
      .array(z.strictObject({ id: name, name: name.optional().describe("Its id when absent") }))
      .optional(),
    user: z
      .strictObject({
        user_id: name.optional(),
        email: name.nullable().optional(),
        name: name.nullable().optional(),
      })
      .optional()
      .describe("The user that GET /v1/users/me returns (Y-41)"),
    team: z
      .strictObject({ id: name.optional(), name: name.optional() })
      .optional()
      .describe("The only team of the workspace (Y-42)"),
    endpoints: z.array(endpoint).optional(),
    groups: z.array(groupSeedSchema).optional(),
  })
  .meta({ id: "WorkspaceSeed" });
export type WorkspaceSeed = z.output<typeof workspace>;

const images = z.enum(["accept", "refuse"]).optional();
const logprobs = z.enum(["absent", "supported", "refused"]).optional();

const settings = z
  .strictObject({
    accept_bearer: z
      .boolean()
      .optional()
      .describe("Accept federated keys as Authorization: Bearer too (X-1)"),
    management_rate_limit: z
      .boolean()
      .optional()
      .describe("false: no limit of 100 management requests per second (A-6)"),
    endpoint_sync_seconds: z
      .int()
      .min(0)
      .max(86_400)
      .optional()
      .describe("Delay until endpoint changes take effect (E-12)"),
    token_admission: z
      .enum(["consumed", "prompt", "reserve"])
      .optional()
      .describe("Which tokens count when a request is admitted (L-11)"),
    rate_limit_headers: z.boolean().optional().describe("Send x-ratelimit headers (L-13)"),
    model_server_errors: z.enum(["nested", "flat"]).optional().describe("Form of model server errors (X-8)"),
    unknown_fields: z
      .enum(["ignore", "reject"])
      .optional()
      .describe("Whether unknown request fields are an error (X-10)"),
    stream_dialect: z.enum(["sparse", "full", "openai"]).optional().describe("Form of stream chunks (X-11)"),
    tokenizer: z
      .enum(["approximate", "o200k_base", "cl100k_base"])
      .optional()
      .describe("How tokens are counted (X-14). All but approximate need the package gpt-tokenizer"),
    stream: streamStyleSchema.optional().describe("How every answer is streamed"),
    unmatched: z
      .enum(["echo", "error"])
      .optional()
      .describe("error: a request that matches no rule fails; echo: it is echoed"),
    images: images.describe("refuse: models accept text only"),
    logprobs: logprobs.describe("How logprobs: true is answered"),
    models: z
      .record(z.string(), z.strictObject({ images, logprobs }))
      .optional()
      .describe("images and logprobs for single slugs"),
    webhook_fields: z
      .enum(["new", "both"])
      .optional()
      .describe("both: events also have the older field externalCustomerId (W-3)"),
    webhook_concurrency: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("Deliveries in progress at once, per workspace (W-10)"),
    webhook_batch: z.int().min(1).max(1000).optional().describe("Maximum events per delivery"),
    async_concurrency: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("Async requests in progress at once, per deployment; 1 when absent (Y-28)"),
    max_body_bytes: z
      .int()
      .min(1)
      .max(MAX_BODY_BYTES)
      .optional()
      .describe("Maximum size of a request body (X-13)"),
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
      .describe("Body and headers of rate limit errors (X-6)"),
  })
  .meta({ id: "SettingsSeed" });

/** One seed file, or several merged ones. */
export const seedSchema = z
  .strictObject({
    $schema: z.string().optional(),
    clock: instant.optional().describe("Freezes the clock at this time; real time when absent"),
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
/** A seed before parsing. */
export type SeedInput = z.input<typeof seedSchema>;
