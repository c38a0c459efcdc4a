import * as z from "zod";

/** Fields and check of a completion or prediction rule: a match, and one reply or a sequence of replies. */
export function scriptedRule<Match extends z.ZodType, Reply extends z.ZodType>(match: Match, reply: Reply) {
  return z
    .strictObject({
      match,
      times: z.int().min(1).optional().describe("Maximum number of answers"),
      reply: reply.optional(),
      sequence: z
        .array(reply)
        .min(1)
        .optional()
        .describe("One reply per use, in order; the last one repeats"),
    })
    .refine((rule) => (rule.reply === undefined) !== (rule.sequence === undefined), {
      error: "expected either reply or sequence",
    });
}
