import * as z from "zod";
import { MAX_BODY_BYTES } from "../domain/settings.js";
import { answerHeadersSchema } from "./faults.js";
import { streamStyleSchema } from "./stream-style.js";

const images = z.enum(["accept", "refuse"]).optional();
const logprobs = z.enum(["absent", "supported", "refused"]).optional();

/** How the emulator behaves where the real gateway can be set, or is not known. */
export const settingsSchema = z
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
