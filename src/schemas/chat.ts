import * as z from "zod";
import { CHAT_ROLES } from "../domain/chat.js";

/** Pydantic's message for a value that is not an integer. */
export const INTEGER_EXPECTED = "Input should be a valid integer";

/**
 * The body of `POST /v1/chat/completions` (I-1.1a, I-1.2a to c, I-2a): types, ranges, nesting and nullability.
 * `parseChatRequest` adds the rest: unknown top-level fields, and rules between fields.
 *
 * - Types are strict: text is not converted to a number, nor 0 and 1 to a boolean. `12.0` is an integer, as in JSON
 *   Schema.
 * - `null` means "absent" where the published description allows it, and for the fields that OpenAI's description
 *   marks nullable, because SDKs send those (`max_tokens`, `n`, `stop`, `stream`, `top_p`, the penalties, `logprobs`,
 *   `top_logprobs`, `reasoning_effort`, `metadata`). Everywhere else it is an error.
 * - Free-form objects stay `unknown`, so that deep nesting costs nothing.
 */

/** Largest `max_tokens` (I-1.1a). */
const MAX_ANSWER_TOKENS = 262_144;
/** Maximum number of stop sequences, and of characters in each (I-1.1a). */
const MAX_STOPS = 32;
const MAX_STOP_CHARS = 1000;

/** Not `z.int()`, which rejects integers above 2^53: those are valid seeds. */
export const integer = () =>
  z
    .number({ error: INTEGER_EXPECTED })
    .refine(Number.isInteger, {
      abort: true,
      error: `${INTEGER_EXPECTED}, got a number with a fractional part`,
    })
    .meta({ type: "integer" });
const integers = () => z.array(integer());
const text = () => z.string();
const texts = () => z.array(z.string());
export const freeObject = () => z.record(z.string(), z.unknown());
const flag = (fallback: boolean) => z.boolean().optional().meta({ default: fallback });
const answerTokens = () => integer().min(1).max(MAX_ANSWER_TOKENS).nullish();
const penalty = (neutral: number) => z.number().nullish().meta({ default: neutral });
const stopText = () => z.string().min(1).max(MAX_STOP_CHARS);

const contentPart = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: text() }),
  z.strictObject({
    type: z.literal("image_url"),
    image_url: z.strictObject({ url: text(), detail: z.enum(["auto", "low", "high"]).exactOptional() }),
  }),
  z.strictObject({
    type: z.literal("input_audio"),
    input_audio: z.strictObject({ data: text(), format: z.enum(["wav", "mp3"]) }),
  }),
]);

const toolCall = z.object({
  id: text(),
  type: z.literal("function"),
  index: integer().optional(),
  function: z.object({
    name: text(),
    arguments: z.union([z.string(), freeObject()]).describe("JSON text, or the object itself"),
  }),
});

/** Allows further keys, because clients send back whole answers, with `refusal`, `reasoning` and more. */
const message = z
  .object({
    role: z.enum(CHAT_ROLES),
    content: z
      .union([z.string(), z.array(contentPart)])
      .nullish()
      .describe("Required unless the role is assistant"),
    name: text().optional(),
    tool_calls: z.array(toolCall).nullish(),
    tool_call_id: text().optional(),
    reasoning_content: text().nullish().describe("Reasoning of an earlier answer"),
  })
  .refine(({ role, content }) => role === "assistant" || (content !== undefined && content !== null), {
    path: ["content"],
    error: "Input should be a valid string",
  });

const responseFormat = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    json_schema: z.strictObject({
      name: z.string().min(1),
      description: text().nullish(),
      schema: freeObject(),
      strict: z.literal(true).nullish(),
    }),
  }),
  z.strictObject({ type: z.literal("grammar"), grammar: text() }),
  z.strictObject({ type: z.literal("structural_tag"), structural_tag: text() }),
]);

const tool = z.object({
  type: z.literal("function").optional(),
  function: z.object({
    name: text(),
    description: text().nullish(),
    parameters: freeObject().nullish().describe("JSON Schema of the arguments"),
    strict: z.boolean().nullish(),
  }),
});

const toolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  z.object({ type: z.literal("function"), function: z.object({ name: text() }) }),
]);

/** The request body, as described above. Its keys are the known fields. */
export const chatRequestSchema = z.object({
  model: text().describe("Slug of the endpoint, such as org/name"),
  messages: z.array(message).min(1),
  max_tokens: answerTokens().meta({ default: 4096 }).describe("Maximum tokens of the answer"),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish().meta({ default: 1 }),
  top_k: integer().optional().meta({ default: 50 }).describe("-1 disables it"),
  top_p_min: z.number().optional().meta({ default: 0 }),
  min_p: z.number().optional().meta({ default: 0 }),
  frequency_penalty: penalty(0),
  presence_penalty: penalty(0),
  repetition_penalty: z.number().optional().meta({ default: 1 }),
  length_penalty: z.number().optional().meta({ default: 1 }),
  n: integer().min(1).max(1).nullish().meta({ default: 1 }).describe("Only 1 is supported"),
  best_of: integer().min(1).max(1).nullish().describe("Only 1 is supported"),
  stop: z.union([stopText(), z.array(stopText()).max(MAX_STOPS)]).nullish(),
  bad: z.union([z.string(), texts()]).optional(),
  bad_token_ids: integers().optional(),
  stop_token_ids: integers().optional(),
  seed: integer().nullish(),
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  logprobs: z.boolean().nullish().meta({ default: false }),
  top_logprobs: integer().min(0).max(20).nullish().meta({ default: 0 }).describe("Needs logprobs"),
  stream: z.boolean().nullish().meta({ default: false }),
  stream_options: z.strictObject({ include_usage: flag(true), continuous_usage_stats: flag(true) }).nullish(),
  response_format: responseFormat.nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish().describe("auto when tools are given, otherwise none"),
  parallel_tool_calls: flag(true),
  user: text().nullish(),
  early_stopping: flag(false),
  include_stop_str_in_output: flag(false),
  ignore_eos: flag(false),
  echo: flag(false),
  add_special_tokens: flag(false),
  skip_special_tokens: flag(true),
  spaces_between_special_tokens: flag(true),
  add_generation_prompt: flag(true),
  min_tokens: integer().optional().meta({ default: 0 }),
  truncate_prompt_tokens: integer().min(1).nullish(),
  documents: z.array(freeObject()).nullish(),
  chat_template: text().nullish(),
  chat_template_args: freeObject().nullish(),
  disaggregated_params: freeObject().nullish(),
  // Not in the published description, but accepted (I-1.1e).
  max_completion_tokens: answerTokens().describe("Replaces max_tokens; only one of the two is allowed"),
  reasoning_effort: text().nullish().describe("The supported values depend on the model"),
  chat_template_kwargs: freeObject().nullish(),
  thinking: z.unknown().optional(),
  reasoning: z.unknown().optional(),
  metadata: freeObject().nullish().describe("Becomes requestMetadata of the billing event (W-2)"),
});

/** A parsed body, without defaults and without unknown fields. */
export type ChatBody = z.output<typeof chatRequestSchema>;

/**
 * The same for bodies with only the most common fields. Every field of a schema costs time even if it is absent, so
 * this one is several times as fast.
 */
export const plainChatRequestSchema = chatRequestSchema.pick({
  model: true,
  messages: true,
  max_tokens: true,
  temperature: true,
  stream: true,
});

/** Names of the fields of {@link plainChatRequestSchema}. */
export const PLAIN_FIELDS: ReadonlySet<string> = new Set(Object.keys(plainChatRequestSchema.shape));

/** Names of the known fields. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(chatRequestSchema.shape));
