import * as z from "zod";
import { WORKSPACE_KEY_TYPES } from "../domain/model.js";

/** Request bodies of the identity and workspace routes (I-7.1a, I-7.2a). */

const MAX_NAME = 255;
/** Longest secret value, characters. */
const MAX_VALUE = 65_536;

/** `POST /v1/api_keys`, and the same for a team. */
export const createApiKeySchema = z
  .object({
    name: z.string().max(MAX_NAME).nullish(),
    type: z.enum(WORKSPACE_KEY_TYPES),
    model_ids: z
      .array(z.string().min(1).max(MAX_NAME))
      .nullish()
      .describe("The models that the key may call. Only for WORKSPACE_INVOKE and WORKSPACE_EXPORT_METRICS"),
  })
  .meta({ id: "CreateApiKey" });

/** `POST /v1/secrets`. */
export const upsertSecretSchema = z
  .object({
    name: z.string().min(1).max(MAX_NAME),
    value: z.string().max(MAX_VALUE).describe("Accepted but never stored"),
  })
  .meta({ id: "UpsertSecret" });
