import type { AsyncRequest, AsyncTarget } from "../../domain/async/request.js";
import type { PredictionResult } from "../../domain/async/retry.js";

/** A prediction that is decided, and how long the model takes for it, milliseconds on the world's clock. */
export interface TimedPrediction {
  readonly outcome: PredictionResult;
  /** Infinity: it never answers. */
  readonly durationMs: number;
}

/** The model behind the queue. */
export interface Predictor {
  /**
   * From when the deployment takes requests: now or before when it is up. A sleeping one is woken (inference §5).
   * One that is not there any more takes them at once, to fail.
   */
  readyAt(target: AsyncTarget): number;
  /** What comes of the request's next attempt. Takes no time of the clock's by itself. */
  predict(request: AsyncRequest): TimedPrediction | Promise<TimedPrediction>;
}
