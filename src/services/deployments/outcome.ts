import { type ErrorCode, GatewayError } from "../../domain/errors.js";
import type { Fault } from "../../domain/faults.js";
import type { PredictionError, PredictionReply, PredictionSubject } from "../../domain/predictions.js";

/** A request to a deployment, by a client or from the async queue. */
export interface PredictionRequest extends PredictionSubject {
  /** The raw body, which an echo returns. */
  readonly body: Buffer;
  /** Content type of the body, and of an echo. */
  readonly contentType: string;
  /** The fault of the request's `x-emulator-fault` header. */
  readonly fault: Fault | null;
}

/** The answer of a deployment, sent after {@link Prediction.delayMs}. */
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
      /** Pause between two chunks, milliseconds. */
      readonly chunkDelayMs: number;
    }
  /** Codes: `prediction_failed`, `model_unavailable`, `deployment_not_ready`, `timeout`, `rate_limited`, `injected`, ... */
  | { readonly kind: "error"; readonly error: GatewayError };

const ERROR_CODES: Readonly<Record<PredictionError, ErrorCode>> = {
  model: "prediction_failed",
  unavailable: "model_unavailable",
  not_ready: "deployment_not_ready",
  timeout: "timeout",
  rate_limited: "rate_limited",
};
const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain; charset=utf-8";
const BYTES_TYPE = "application/octet-stream";
const NO_HEADERS: Readonly<Record<string, string>> = {};

/** An echo of the input (Y-24). */
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

/** The outcome of a rule's reply. */
export function outcomeOf(reply: PredictionReply, request: PredictionRequest): PredictionOutcome {
  const { json, text, chunks, base64, error, status = 200, headers = NO_HEADERS } = reply;
  if (error !== undefined) {
    return { kind: "error", error: new GatewayError(ERROR_CODES[error], { headers }) };
  }
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
