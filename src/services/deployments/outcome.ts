import { GatewayError } from "../../domain/errors.js";
import type { Fault } from "../../domain/faults.js";
import type { PredictionError, PredictionReply, PredictionSubject } from "../../domain/predictions.js";

/** A request to a deployment, from a client or from the async queue. */
export interface PredictionRequest extends PredictionSubject {
  /** As it came; what an echo gives back. */
  readonly body: Buffer;
  /** Of the body; an echo has the same. */
  readonly contentType: string;
  /** The fault that a header asks for, for this request alone. */
  readonly fault: Fault | null;
}

/** What comes out of it, once {@link Prediction.delayMs} have passed on the world's clock. */
export type PredictionOutcome =
  | {
      readonly kind: "whole";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly contentType: string;
      readonly body: Buffer;
    }
  | {
      readonly kind: "chunks";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly contentType: string;
      readonly chunks: readonly string[];
      /** Between two chunks, milliseconds. */
      readonly chunkDelayMs: number;
    }
  /** Codes: `prediction_failed`, `model_unavailable`, `deployment_not_ready`, `timeout`, `rate_limited`, `injected`, ... */
  | { readonly kind: "error"; readonly error: GatewayError };

const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain; charset=utf-8";
const BYTES_TYPE = "application/octet-stream";
const NO_HEADERS: Readonly<Record<string, string>> = {};

/** The input, as it came (Y-24). */
export function echo({ body, contentType }: PredictionRequest): PredictionOutcome {
  return { kind: "whole", status: 200, headers: NO_HEADERS, contentType, body };
}

/** A value as JSON. */
export function jsonOutcome(value: unknown, status = 200): PredictionOutcome {
  return {
    kind: "whole",
    status,
    headers: NO_HEADERS,
    contentType: JSON_TYPE,
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** The text of an outcome, whole; null for an error. What the async queue hands on. */
export function bodyOf(outcome: PredictionOutcome): Buffer | null {
  switch (outcome.kind) {
    case "whole":
      return outcome.body;
    case "chunks":
      return Buffer.from(outcome.chunks.join(""));
    case "error":
      return null;
  }
}

/** What a rule's reply comes to. */
export function outcomeOf(reply: PredictionReply, request: PredictionRequest): PredictionOutcome {
  const { json, text, chunks, base64, error, status = 200, headers = NO_HEADERS } = reply;
  if (error !== undefined) return { kind: "error", error: predictionError(error, headers) };
  const typed = (standard: string) => ({ status, headers, contentType: reply.content_type ?? standard });
  if (chunks !== undefined)
    return { kind: "chunks", ...typed(TEXT_TYPE), chunks, chunkDelayMs: reply.chunk_delay_ms ?? 0 };
  if (text !== undefined) return { kind: "whole", ...typed(TEXT_TYPE), body: Buffer.from(text) };
  if (base64 !== undefined)
    return { kind: "whole", ...typed(BYTES_TYPE), body: Buffer.from(base64, "base64") };
  if (json !== undefined)
    return { kind: "whole", ...typed(JSON_TYPE), body: Buffer.from(JSON.stringify(json)) };
  return { kind: "whole", ...typed(request.contentType), body: request.body };
}

function predictionError(error: PredictionError, headers: Readonly<Record<string, string>>): GatewayError {
  switch (error) {
    case "model":
      return new GatewayError("prediction_failed", { headers });
    case "unavailable":
      return new GatewayError("model_unavailable", { headers });
    case "not_ready":
      return new GatewayError("deployment_not_ready", { headers });
    case "timeout":
      return new GatewayError("timeout", { headers });
    case "rate_limited":
      return new GatewayError("rate_limited", { headers });
  }
}
