import * as z from "zod";

/** What is read of a real OpenAI-compatible server's answer. */
export const openAiAnswerSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          reasoning_content: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }),
            )
            .nullish(),
        }),
        finish_reason: z.enum(["stop", "length", "tool_calls"]).nullish().catch("stop"),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.int(),
      completion_tokens: z.int(),
      prompt_tokens_details: z.object({ cached_tokens: z.int().nullish() }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: z.int().nullish() }).nullish(),
    })
    .nullish(),
});

export type OpenAiAnswer = z.output<typeof openAiAnswerSchema>;
