import * as z from "zod";
import { REGIONS, WORKSPACE_KEY_TYPES } from "../domain/model.js";
import { chainSchema, modelSchema } from "./deployments.js";
import { targetSchema } from "./endpoints.js";
import { externalEntityIdSchema, nameSchema, seedModelsSchema, slugSchema } from "./groups.js";

const keyText = z
  .string()
  .regex(/^[\x21-\x7e]{8,512}$/, { error: "expected 8 to 512 printable ASCII characters without spaces" });
const name = z.string().min(1).max(255);

const workspaceKey = z.strictObject({
  key: keyText,
  type: z.enum(WORKSPACE_KEY_TYPES).default("WORKSPACE_MANAGE_ALL"),
  name: nameSchema,
  model_ids: z
    .array(name)
    .nullish()
    .describe("The models that the key may call. Only for WORKSPACE_INVOKE and WORKSPACE_EXPORT_METRICS"),
});

const federatedKey = z.strictObject({
  name: name.describe("Tests read the key by this name: gateway.keys[name]"),
  key: keyText.min(17, { error: "expected more than 16 characters: the first 16 are the prefix" }),
});

const usage = z.strictObject({
  slug: slugSchema,
  type: z.enum(["REQUEST", "TOKEN"]),
  unit: z.enum(["SECOND", "MINUTE", "DAY"]),
  used: z.int().min(0),
});

const groupWithoutChildren = z.strictObject({
  external_entity_id: externalEntityIdSchema,
  name: nameSchema,
  limit_enforcement: z
    .enum(["INDEPENDENT", "CASCADING"])
    .nullish()
    .describe("Only on a root; children have the mode of their parent. INDEPENDENT when absent"),
  models: seedModelsSchema,
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
  targets: z.array(targetSchema.strict()).min(1),
  region: z.enum(REGIONS).nullish(),
});

/** A workspace of a seed. */
export const workspaceSchema = z
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
export type WorkspaceSeed = z.output<typeof workspaceSchema>;
