import * as z from "zod";
import { REPLY_MODES } from "../domain/completion/rules.js";
import { matchSchema } from "./match.js";
import { streamStyleSchema } from "./stream-style.js";

const count = z.int().min(0);

/** Whether a part is no larger than the whole, as far as both are given. */
const within = (part: number | undefined, whole: number | undefined): boolean =>
  part === undefined || whole === undefined || part <= whole;

/** A base URL, without what fetch refuses to send or what would stand in the way of the path behind it. */
const baseUrlSchema = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((url) => !hasCredentials(new URL(url)), {
    error: "no name or password can be sent in a URL; put them into forward.headers, such as Authorization",
  })
  .refine((url) => !/[?#]/.test(url), {
    error: "expected a base URL, to which /chat/completions is added; remove what begins with ? or #",
  });

function hasCredentials({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}

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
          arguments: z
            .union([z.string(), z.record(z.string(), z.unknown())], {
              error: "expected JSON text or an object",
            })
            .default({}),
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
      .refine((usage) => within(usage.cached_tokens, usage.prompt_tokens), {
        path: ["cached_tokens"],
        error:
          "expected at most prompt_tokens, which they are part of; lower cached_tokens or raise prompt_tokens",
      })
      .refine((usage) => within(usage.reasoning_tokens, usage.completion_tokens), {
        path: ["reasoning_tokens"],
        error:
          "expected at most completion_tokens, which they are part of; lower reasoning_tokens or raise completion_tokens",
      })
      .optional()
      .meta({ description: "Exact token counts in place of the approximate ones" }),
    forward: z
      .strictObject({
        url: baseUrlSchema,
        model: z.string().optional(),
        headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string()).optional(),
      })
      .optional()
      .meta({ description: "Ask a real OpenAI-compatible server: its base URL, ending in /v1" }),
    stream: streamStyleSchema.optional(),
  })
  .refine(({ mode, content }) => mode === undefined || content === undefined, {
    path: ["content"],
    error: "mode makes the content itself; remove content or mode",
  })
  .refine(({ mode, tool_calls }) => mode !== "schema" || tool_calls === undefined, {
    path: ["tool_calls"],
    error: "mode schema makes the answer itself; remove tool_calls or mode",
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
