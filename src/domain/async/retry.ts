/** Failures of async predictions, and when they are retried (I-5.4k, I-5.4l). */

/** Failure codes in the status and in the webhook's body (I-5.4l). */
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

/** The result of one prediction; `data` is any JSON value. */
export type PredictionResult =
  | { readonly ok: true; readonly data: unknown }
  | ({ readonly ok: false } & PredictionFailure);

/** `inference_retry_config`. */
export interface PredictionRetryPolicy {
  /** Including the first one. */
  readonly maxAttempts: number;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

/** Maximum time of one attempt, milliseconds (I-5.4m, Y-28). */
export const PREDICTION_TIMEOUT_MS = 3_600 * 1000;

/**
 * Delay before the next attempt, milliseconds: doubles from the initial to the maximum delay (I-5.4k).
 * @param failed number of failed attempts, at least 1
 */
export function retryDelay({ initialDelayMs, maxDelayMs }: PredictionRetryPolicy, failed: number): number {
  return Math.min(initialDelayMs * 2 ** (failed - 1), maxDelayMs);
}

/** Failures that are retried, by the vendor's list. ASYNC_REQUEST_NOT_SUPPORTED is not listed. */
export const RETRIED_FAILURES: readonly PredictionFailureCode[] = [
  "MODEL_PREDICT_ERROR",
  "MODEL_PREDICT_TIMEOUT",
  "MODEL_NOT_READY",
  "MODEL_UNAVAILABLE",
  "INTERNAL_SERVER_ERROR",
];

/** The failure code for a status of the model's server; null for success. */
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
