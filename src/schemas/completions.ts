import * as z from "zod";
import { REPLY_MODES } from "../domain/completion/rules.js";
import { matchSchema } from "./match.js";
import { streamStyleSchema } from "./stream-style.js";

const count = z.int().min(0);

/** What the emulated model says (X-14, X-15 for `usage`). */
export const replySchema = z
  .strictObject({
    mode: z
      .enum(REPLY_MODES)
      .optional()
      .meta({ description: "echo repeats the last message; lorem is prose; schema fits the wanted JSON" }),
    content: z
      .string()
      .optional()
      .meta({ description: "May hold {{last_message}}, {{model}}, {{key}}, {{group}}, {{turn}}" }),
    reasoning_content: z.string().optional(),
    tool_calls: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).default({}),
          id: z.string().optional(),
        }),
      )
      .optional(),
    finish_reason: z
      .enum(["stop", "length", "tool_calls"])
      .nullable()
      .optional()
      .meta({ description: "null leaves it out, as some models do" }),
    usage: z
      .strictObject({
        prompt_tokens: count.optional(),
        completion_tokens: count.optional(),
        cached_tokens: count.optional(),
        reasoning_tokens: count.optional(),
      })
      .optional()
      .meta({ description: "Exact token counts in place of the approximate ones" }),
    forward: z
      .strictObject({
        url: z.url({ protocol: /^https?$/ }),
        model: z.string().optional(),
        headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string()).optional(),
      })
      .optional()
      .meta({ description: "Ask a real OpenAI-compatible server: its base URL, ending in /v1" }),
    stream: streamStyleSchema.optional(),
  })
  .meta({ id: "Reply" });

/** One completion rule: the first whose `match` fits answers. */
export const completionRuleSchema = z
  .strictObject({
    match: matchSchema.default({}),
    times: z.int().min(1).optional().meta({ description: "How often it answers" }),
    reply: replySchema.optional(),
    sequence: z
      .array(replySchema)
      .min(1)
      .optional()
      .meta({ description: "One reply per use, in order; the last one stays" }),
  })
  .refine((rule) => (rule.reply === undefined) !== (rule.sequence === undefined), {
    error: "expected either reply or sequence",
  })
  .meta({ id: "CompletionRule" });
