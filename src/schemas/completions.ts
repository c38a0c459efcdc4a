import * as z from "zod";
import { checkPattern } from "../domain/completion/rules.js";

/** A plain string means equal; otherwise `{ contains }` or `{ regex }`. */
const textMatch = z.union(
  [
    z.string(),
    z.strictObject({ contains: z.string() }),
    z.strictObject({
      regex: z.string().superRefine((source, context) => {
        const problem = checkPattern(source);
        if (problem) context.addIssue({ code: "custom", message: problem });
      }),
    }),
  ],
  { error: "expected a text, { contains: text } or { regex: pattern }" },
);

const count = z.int().min(0);

/** What the emulated model says (X-14, X-15 for `usage`). */
export const replySchema = z
  .strictObject({
    mode: z.enum(["echo"]).optional().meta({ description: "echo repeats the last user message" }),
    content: z.string().optional(),
    reasoning_content: z.string().optional(),
    tool_calls: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          arguments: z.union([z.string(), z.record(z.string(), z.unknown())]),
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
  })
  .meta({ id: "Reply" });

/** One completion rule: the first whose `match` fits answers. */
export const completionRuleSchema = z
  .strictObject({
    match: z
      .strictObject({
        model: textMatch.optional(),
        last_message: textMatch.optional().meta({ description: "The last user message" }),
      })
      .meta({ description: "{} matches everything; several keys must all match" }),
    reply: replySchema,
  })
  .meta({ id: "CompletionRule" });
