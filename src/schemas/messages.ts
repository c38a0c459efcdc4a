import * as z from "zod";
import { freeObject, integer } from "./chat.js";

/**
 * The body of `POST /v1/messages` (I-3e), from the published description: types are strict, and an optional field
 * may be absent but not null. Further keys are allowed everywhere, because SDKs send undocumented ones
 * (`cache_control`, betas); at the top level they count as unknown fields.
 *
 * Not in the description but accepted: images and earlier thinking in messages, images in tool results, `thinking`.
 */

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
    .describe("Absent when the tool has no output"),
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

/** The request body, as described above. Its keys are the known fields. */
export const messagesRequestSchema = z.object({
  model: z.string().describe("Slug of the endpoint, such as org/name"),
  messages: z.array(z.discriminatedUnion("role", [userMessage, assistantMessage])).min(1),
  max_tokens: integer().min(1).describe("Maximum tokens of the answer"),
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
    .describe("Becomes requestMetadata of the billing event (W-2)"),
  thinking: freeObject().optional().describe("Accepted; the completion rule determines the thinking"),
});

/** A parsed body, without defaults and without unknown fields. */
export type MessagesBody = z.output<typeof messagesRequestSchema>;

/** Names of the known fields. */
export const KNOWN_MESSAGES_FIELDS: ReadonlySet<string> = new Set(Object.keys(messagesRequestSchema.shape));
