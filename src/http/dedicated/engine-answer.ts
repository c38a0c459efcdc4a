import { embedding, wordsOf } from "../../domain/embeddings.js";
import { GatewayError } from "../../domain/errors.js";
import type { DeclaredModel } from "../../domain/model.js";
import { type EmbeddingsRequest, embeddingsRequestSchema } from "../../schemas/embeddings.js";
import {
  jsonOutcome,
  type PredictionOutcome,
  type PredictionRequest,
} from "../../services/deployments/outcome.js";
import type { AppContext } from "../env.js";
import { issueText } from "../issues.js";

/** The answer of the OpenAI-compatible server inside a deployment when no rule matches (Y-26). */
export function engineAnswer(
  c: AppContext,
  model: DeclaredModel,
  request: PredictionRequest,
): PredictionOutcome {
  try {
    switch (`${request.method} ${request.route}`) {
      case "GET /health":
      case "HEAD /health":
        return { kind: "whole", status: 200, headers: {}, contentType: "text/plain", body: Buffer.alloc(0) };
      case "GET /v1/models":
      case "HEAD /v1/models":
        return jsonOutcome(modelList(c, model));
      case "POST /v1/embeddings":
        return jsonOutcome(embeddings(c, model, request.input));
      default:
        throw new GatewayError("sync_route_unknown", {
          hint: `No rule for ${request.method} ${request.route}. Add predictions: [{ match: { route: ${request.route} }, reply: ... }] to the seed.`,
        });
    }
  } catch (cause) {
    if (cause instanceof GatewayError) return { kind: "error", error: cause };
    throw cause;
  }
}

/** The served model names; without declared ones, the model's own name. */
function modelList(c: AppContext, { id, name, servedModelNames }: DeclaredModel) {
  const names = servedModelNames.length > 0 ? servedModelNames : [name ?? id];
  const created = Math.floor(c.get("inProgress").at / 1000);
  return {
    object: "list",
    data: names.map((served) => ({ id: served, object: "model", created, owned_by: "vllm" })),
  };
}

/** Accepts any model name, because embedding servers serve one model and ignore its name (Y-26). */
function embeddings(c: AppContext, model: DeclaredModel, body: unknown) {
  const parsed = embeddingsRequestSchema.safeParse(body);
  if (!parsed.success) throw new GatewayError("invalid_value", { message: issueText(parsed.error) });
  const request = parsed.data;
  const dimensions = request.dimensions ?? model.embeddingDimensions;
  const base64 = request.encoding_format === "base64";
  let tokens = 0;
  const data = inputsOf(request).map((input, index) => {
    const text = typeof input === "string";
    tokens += text ? c.get("services").context.tokenizer.count(input) : input.length;
    const vector = embedding(text ? wordsOf(input) : input.map(String), dimensions);
    return { object: "embedding", index, embedding: base64 ? base64Of(vector) : Array.from(vector) };
  });
  c.get("inProgress").promptTokens = tokens;
  return {
    object: "list",
    data,
    model: request.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** One text or one list of tokens is one input. */
function inputsOf({ input }: EmbeddingsRequest): (string | number[])[] {
  return typeof input === "string" || isTokens(input) ? [input] : input;
}

function isTokens(input: readonly unknown[]): input is number[] {
  return typeof input[0] === "number";
}

/** Little-endian 32-bit floats, as OpenAI's SDK reads them. */
function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [index, value] of vector.entries())
    bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  return bytes.toString("base64");
}
