import * as z from "zod";
import { REPLY_MODES } from "../domain/completion/rules.js";
import { matchSchema } from "./match.js";
import { scriptedRule } from "./scripted-rule.js";
import { streamStyleSchema } from "./stream-style.js";

const count = z.int().min(0);

/** Whether a part is at most the whole, if both are given. */
const within = (part: number | undefined, whole: number | undefined): boolean =>
  part === undefined || whole === undefined || part <= whole;

/** A base URL to which a path can be added, without credentials, which fetch rejects. */
const baseUrlSchema = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((url) => !hasCredentials(new URL(url)), {
    error:
      "a URL cannot contain a user name or password; send them in forward.headers, such as Authorization",
  })
  .refine((url) => !/[?#]/.test(url), {
    error: "expected a base URL, to which /chat/completions is added; remove the part from ? or # on",
  });

function hasCredentials({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}

/** An answer of the emulated model; say how `usage` is counted. */
const replySchema = z
  .strictObject({
    mode: z
      .enum(REPLY_MODES)
      .describe(
        "echo repeats the last message; lorem is placeholder prose; schema makes JSON for the requested format",
      ),
    content: z.string().describe("May contain {{last_message}}, {{model}}, {{key}}, {{group}}, {{turn}}"),
    reasoning_content: z.string(),
    tool_calls: z.array(
      z.strictObject({
        name: z.string().min(1),
        arguments: z
          .union([z.string(), z.record(z.string(), z.unknown())], {
            error: "expected JSON text or an object",
          })
          .default({}),
        id: z.string().optional(),
      }),
    ),
    finish_reason: z
      .enum(["stop", "length", "tool_calls"])
      .nullable()
      .describe("null omits it, as some models do"),
    usage: z
      .strictObject({
        prompt_tokens: count,
        completion_tokens: count,
        cached_tokens: count,
        reasoning_tokens: count,
      })
      .partial()
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
      .describe("Exact token counts instead of counted ones"),
    forward: z
      .strictObject({
        url: baseUrlSchema,
        model: z.string().optional(),
        headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string()).optional(),
      })
      .describe("Forward to a real OpenAI-compatible server; url is its base URL, ending in /v1"),
    stream: streamStyleSchema,
  })
  .partial()
  .refine(({ mode, content }) => mode === undefined || content === undefined, {
    path: ["content"],
    error: "mode generates the content; remove content or mode",
  })
  .refine(({ mode, tool_calls }) => mode !== "schema" || tool_calls === undefined, {
    path: ["tool_calls"],
    error: "mode schema generates the answer; remove tool_calls or mode",
  })
  .meta({ id: "Reply" });

/** A completion rule. The first rule whose `match` fits provides the answer. */
export const completionRuleSchema = scriptedRule(matchSchema.default({}), replySchema).meta({
  id: "CompletionRule",
});
