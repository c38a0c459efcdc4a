import * as z from "zod";
import { INTEGER_EXPECTED } from "./chat.js";

/**
 * The body of `POST /v1/messages` (inference §3), after the published description: types are strict, and an
 * optional field may be absent but not null. Further keys are let through everywhere, as SDKs send more than
 * the description has (`cache_control`, betas); at the top they count as unknown fields.
 *
 * Beyond the description: images and earlier thinking in messages, images in tool results, and `thinking`.
 */

const integer = () =>
  z
    .number({ error: INTEGER_EXPECTED })
    .refine(Number.isInteger, {
      abort: true,
      error: `${INTEGER_EXPECTED}, got a number with a fractional part`,
    })
    .meta({ type: "integer" });
const freeObject = () => z.record(z.string(), z.unknown());

const textBlock = z.object({ type: z.literal("text"), text: z.string() });

const imageBlock = z.object({
  type: z.literal("image"),
  source: z.discriminatedUnion("type", [
    z.object({ type: z.literal("base64"), media_type: z.string(), data: z.string() }),
    z.object({ type: z.literal("url"), url: z.string() }),
  ]),
});

const toolUseBlock = z.object({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  input: freeObject(),
});

const toolResultBlock = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z
    .union([z.string(), z.array(z.discriminatedUnion("type", [textBlock, imageBlock]))])
    .optional()
    .describe("Absent when the tool has nothing to say"),
  is_error: z.boolean().optional().meta({ default: false }),
});

const thinkingBlock = z.object({
  type: z.literal("thinking"),
  thinking: z.string(),
  signature: z.string().optional(),
});

const userMessage = z.object({
  role: z.literal("user"),
  content: z.union([
    z.string(),
    z.array(z.discriminatedUnion("type", [textBlock, imageBlock, toolResultBlock])),
  ]),
});

const assistantMessage = z.object({
  role: z.literal("assistant"),
  content: z.union([
    z.string(),
    z.array(z.discriminatedUnion("type", [textBlock, toolUseBlock, thinkingBlock])),
  ]),
});

const toolChoice = z.discriminatedUnion("type", [
  z.object({ type: z.literal("auto"), disable_parallel_tool_use: z.boolean().optional() }),
  z.object({ type: z.literal("any"), disable_parallel_tool_use: z.boolean().optional() }),
  z.object({
    type: z.literal("tool"),
    name: z.string(),
    disable_parallel_tool_use: z.boolean().optional(),
  }),
  z.object({ type: z.literal("none") }),
]);

/** See the head of this file. Its keys are the fields that count as known. */
export const messagesRequestSchema = z.object({
  model: z.string().describe("Slug of the endpoint, such as org/name"),
  messages: z.array(z.discriminatedUnion("role", [userMessage, assistantMessage])).min(1),
  max_tokens: integer().min(1).describe("Most tokens of the answer"),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  temperature: z.number().min(0).max(1).optional().meta({ default: 1 }),
  top_p: z.number().gt(0).max(1).optional(),
  top_k: integer().min(0).optional(),
  stop_sequences: z.array(z.string()).optional(),
  stream: z.boolean().optional().meta({ default: false }),
  tools: z
    .array(z.object({ name: z.string(), description: z.string().optional(), input_schema: freeObject() }))
    .optional(),
  tool_choice: toolChoice.optional().describe("auto when tools are given, otherwise none"),
  metadata: z
    .looseObject({ user_id: z.string().nullish() })
    .optional()
    .describe("Handed on as requestMetadata of the billing event (W-2)"),
  thinking: freeObject()
    .optional()
    .describe("Accepted; what the model thinks comes from the completion rule"),
});

/** A body that fits the schema, before defaults; unknown fields are gone. */
export type MessagesBody = z.output<typeof messagesRequestSchema>;

/** Names of the fields that the schema knows. */
export const KNOWN_MESSAGES_FIELDS: ReadonlySet<string> = new Set(Object.keys(messagesRequestSchema.shape));
