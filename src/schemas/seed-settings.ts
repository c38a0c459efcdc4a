import * as z from "zod";
import { MAX_BODY_BYTES } from "../domain/settings.js";
import { answerHeadersSchema } from "./faults.js";
import { streamStyleSchema } from "./stream-style.js";

const images = z.enum(["accept", "refuse"]);
const logprobs = z.enum(["absent", "supported", "refused"]);

/** How the emulator behaves where the real gateway can be set, or is not known. */
export const settingsSchema = z
  .strictObject({
    accept_bearer: z.boolean().describe("Accept federated keys as Authorization: Bearer too (X-1)"),
    management_rate_limit: z
      .boolean()
      .describe("false: no limit of 100 management requests per second (A-6)"),
    endpoint_sync_seconds: z
      .int()
      .min(0)
      .max(86_400)
      .describe("Delay until endpoint changes take effect (E-12)"),
    token_admission: z
      .enum(["consumed", "prompt", "reserve"])
      .describe("Which tokens count when a request is admitted (L-11)"),
    rate_limit_headers: z.boolean().describe("Send x-ratelimit headers (L-13)"),
    model_server_errors: z.enum(["nested", "flat"]).describe("Form of model server errors (X-8)"),
    unknown_fields: z
      .enum(["ignore", "reject"])
      .describe("Whether unknown request fields are an error (X-10)"),
    stream_dialect: z.enum(["sparse", "full", "openai"]).describe("Form of stream chunks (X-11)"),
    tokenizer: z
      .enum(["approximate", "o200k_base", "cl100k_base"])
      .describe("How tokens are counted (X-14). All but approximate need the package gpt-tokenizer"),
    stream: streamStyleSchema.optional().describe("How every answer is streamed"),
    unmatched: z
      .enum(["echo", "error"])
      .describe("error: a request that matches no rule fails; echo: it is echoed"),
    images: images.describe("refuse: models accept text only"),
    logprobs: logprobs.describe("How logprobs: true is answered"),
    models: z
      .record(z.string(), z.strictObject({ images, logprobs }).partial())
      .describe("images and logprobs for single slugs"),
    webhook_fields: z
      .enum(["new", "both"])
      .describe("both: events also have the older field externalCustomerId (W-3)"),
    webhook_concurrency: z
      .int()
      .min(1)
      .max(1000)
      .describe("Attempts in progress at once, per workspace (W-10)"),
    webhook_batch: z.int().min(1).max(1000).describe("Maximum events per delivery"),
    async_concurrency: z
      .int()
      .min(1)
      .max(1000)
      .describe("Async requests in progress at once, per deployment; 1 when absent (Y-28)"),
    max_body_bytes: z.int().min(1).max(MAX_BODY_BYTES).describe("Maximum size of a request body (X-13)"),
    journal_keep: z
      .int()
      .min(1)
      .max(100_000_000)
      .describe("Newest requests that the journal keeps (Y-82); the ledger keeps all"),
    max_worlds: z
      .int()
      .min(1)
      .max(100_000)
      .describe("Maximum worlds of the process, in the default world's seed (Y-82)"),
    max_unnamed_snapshots: z
      .int()
      .min(0)
      .max(100_000)
      .describe("Maximum snapshots of a world that have no name of yours (Y-82)"),
    max_header_bytes: z
      .int()
      .min(1024)
      .max(16 * 1024 * 1024)
      .describe("Maximum size of a request's headers, in the default world's seed of a start (Y-82)"),
    max_snapshot_bytes: z
      .int()
      .min(1)
      .describe("Maximum size of all snapshots together, in the default world's seed (Y-82)"),
    generation_budget_ms: z
      .int()
      .min(10)
      .max(60_000)
      .describe("Maximum milliseconds of work on an answer that fits a JSON Schema (Y-65)"),
    max_answer_bytes: z
      .int()
      .min(1)
      .max(2 ** 30)
      .describe("Maximum size of the answer of a server that a rule forwards to, bytes (Y-76)"),
    errors: z
      .strictObject({
        rate_limited: z.strictObject({ body: z.unknown(), headers: answerHeadersSchema }).partial(),
      })
      .partial()
      .describe("Body and headers of rate limit errors (X-6)"),
  })
  .partial()
  .meta({ id: "SettingsSeed" });
