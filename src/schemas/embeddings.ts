import * as z from "zod";

/** Maximum vector length: our choice, above that of real models. */
const MAX_DIMENSIONS = 8192;

const tokens = z.array(z.int().min(0)).min(1);

/** The body of `POST …/sync/v1/embeddings` (I-5.3d), as OpenAI describes it. Further fields are ignored. */
export const embeddingsRequestSchema = z.object({
  model: z.string(),
  input: z.union([z.string(), z.array(z.string()).min(1), tokens, z.array(tokens).min(1)], {
    error: "expected a text, a list of texts, tokens or a list of tokens",
  }),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.int().min(1).max(MAX_DIMENSIONS).nullish(),
  user: z.string().nullish(),
});

export type EmbeddingsRequest = z.output<typeof embeddingsRequestSchema>;
