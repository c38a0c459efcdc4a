/** Failed predictions of async requests, and when they are made again (inference §5). */

/** What a status answer and a webhook can say of a failure. */
export const PREDICTION_FAILURE_CODES = [
  "MODEL_PREDICT_ERROR",
  "MODEL_PREDICT_TIMEOUT",
  "MODEL_NOT_READY",
  "MODEL_DOES_NOT_EXIST",
  "MODEL_UNAVAILABLE",
  "MODEL_INVALID_INPUT",
  "ASYNC_REQUEST_NOT_SUPPORTED",
  "INTERNAL_SERVER_ERROR",
] as const;
export type PredictionFailureCode = (typeof PREDICTION_FAILURE_CODES)[number];

export interface PredictionFailure {
  readonly code: PredictionFailureCode;
  readonly message: string;
}

/** What came of one prediction; `data` is any JSON value, or text. */
export type PredictionResult =
  | { readonly ok: true; readonly data: unknown }
  | ({ readonly ok: false } & PredictionFailure);

/** `inference_retry_config`. */
export interface PredictionRetryPolicy {
  /** The first one included. */
  readonly maxAttempts: number;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

/** Longest prediction of an async request, each attempt for itself, milliseconds (inference §5, Y-28). */
export const PREDICTION_TIMEOUT_MS = 3_600 * 1000;

/**
 * Milliseconds to wait after so many failed predictions: doubling from the initial delay, up to the longest.
 * @param failed at least 1
 */
export function retryDelay({ initialDelayMs, maxDelayMs }: PredictionRetryPolicy, failed: number): number {
  return Math.min(initialDelayMs * 2 ** (failed - 1), maxDelayMs);
}

/** Whether another attempt may help, as the vendor's documents list it; the unlisted one is a property of the model. */
export function isRetried(code: PredictionFailureCode): boolean {
  switch (code) {
    case "MODEL_PREDICT_ERROR":
    case "MODEL_PREDICT_TIMEOUT":
    case "MODEL_NOT_READY":
    case "MODEL_UNAVAILABLE":
    case "INTERNAL_SERVER_ERROR":
      return true;
    case "MODEL_DOES_NOT_EXIST":
    case "MODEL_INVALID_INPUT":
    case "ASYNC_REQUEST_NOT_SUPPORTED":
      return false;
  }
}

/** The documented code for an answer of the model's server; null: it answered well. */
export function failureCodeOf(status: number): PredictionFailureCode | null {
  if (status >= 200 && status < 300) return null;
  switch (status) {
    case 404:
      return "MODEL_DOES_NOT_EXIST";
    case 429:
    case 502:
    case 503:
      return "MODEL_UNAVAILABLE";
    case 504:
      return "MODEL_PREDICT_TIMEOUT";
    default:
      return status >= 400 && status < 500 ? "MODEL_INVALID_INPUT" : "MODEL_PREDICT_ERROR";
  }
}
