import * as z from "zod";
import { PREDICTION_ERRORS } from "../domain/predictions.js";
import { durationSchema } from "./duration.js";
import { answerHeadersSchema } from "./faults.js";
import { textMatchSchema } from "./match.js";
import { scriptedRule } from "./scripted-rule.js";

const predictionMatchSchema = z
  .strictObject({
    model: textMatchSchema.describe("Id or name of the model"),
    chain: textMatchSchema.describe("Id or name of the chain"),
    environment: textMatchSchema,
    deployment: textMatchSchema,
    route: textMatchSchema.describe(
      "Such as /items/123 for sync/items/123. If absent, only /predict and /run_remote match",
    ),
    method: textMatchSchema,
    key: textMatchSchema.describe("Name or prefix of the key"),
    text: textMatchSchema.describe("The whole body as text"),
    body: z
      .record(z.string().min(1), textMatchSchema)
      .describe("Fields of a JSON body; dots select nested fields, as in input.prompt"),
    headers: z.record(z.string(), textMatchSchema),
  })
  .partial()
  .meta({ id: "PredictionMatch", description: "{} matches every predict and run_remote" });

/** The fields of a reply that define its content. */
const CONTENTS = ["json", "text", "chunks", "base64", "error"] as const;

/** An answer of a deployment. Without content it echoes the input. */
const predictionReplySchema = z
  .strictObject({
    json: z.unknown(),
    text: z.string(),
    chunks: z.array(z.string()).min(1).describe("A text in pieces, sent one after the other"),
    chunk_delay: durationSchema.describe("Delay between two pieces"),
    base64: z.base64().describe("Bytes, such as an image"),
    error: z
      .enum(PREDICTION_ERRORS)
      .describe("model: 500 from the model's code; unavailable: 502; not_ready: 503; timeout: 504"),
    content_type: z.string().regex(/^[\x20-\x7e]+$/),
    status: z.int().min(200).max(599),
    headers: answerHeadersSchema,
    delay: durationSchema.describe("Delay before the first byte"),
  })
  .partial()
  .refine((reply) => CONTENTS.filter((name) => reply[name] !== undefined).length <= 1, {
    error: `expected at most one of ${CONTENTS.join(", ")}`,
  })
  .refine(({ chunk_delay, chunks }) => chunk_delay === undefined || chunks !== undefined, {
    error: "chunk_delay needs chunks",
    path: ["chunk_delay"],
  })
  .refine(
    ({ error, status, content_type }) => error === undefined || (status ?? content_type) === undefined,
    {
      error: "an error sets status and content type itself; remove them",
      path: ["error"],
    },
  )
  .meta({ id: "PredictionReply" });

/** A rule for dedicated deployments. The first rule whose `match` fits provides the answer. */
export const predictionRuleSchema = scriptedRule(
  predictionMatchSchema.default({}),
  predictionReplySchema,
).meta({ id: "PredictionRule" });

export type PredictionReplySeed = z.output<typeof predictionReplySchema>;
export type PredictionRuleSeed = z.output<typeof predictionRuleSchema>;
