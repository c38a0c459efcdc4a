import type { AsyncRequest, AsyncTarget } from "../../domain/async/request.js";
import type { PredictionResult } from "../../domain/async/retry.js";

/** The result of a prediction and its duration, milliseconds on the world's clock. */
export interface TimedPrediction {
  readonly outcome: PredictionResult;
  /** Infinity: the model never answers. */
  readonly durationMs: number;
}

/** Predicts for the queues. */
export interface Predictor {
  /**
   * When the deployment is ready: now or earlier if it is awake. Wakes a sleeping deployment (Y-25). A removed deployment
   * is ready at once, and its requests fail.
   */
  readyAt(target: AsyncTarget): number;
  /** The result of the request's next attempt. Does not wait on the world's clock. */
  predict(request: AsyncRequest): TimedPrediction | Promise<TimedPrediction>;
}
