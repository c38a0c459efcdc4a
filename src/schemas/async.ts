import * as z from "zod";
import {
  INITIAL_DELAY_MS,
  MAX_ATTEMPTS,
  MAX_DELAY_MS,
  MAX_TIME_IN_QUEUE_SECONDS,
  PRIORITY,
  webhookProblem,
} from "../domain/async/limits.js";
import type { AsyncOptions } from "../domain/async/request.js";

/** An optional whole number; null counts as absent (Y-27). */
const whole = ({ min, max, standard }: { min: number; max: number; standard: number }) =>
  z.int().min(min).max(max).nullish().describe(`${standard} when absent`);

const webhookEndpoint = z.string().superRefine((text, context) => {
  const problem = webhookProblem(URL.canParse(text) ? new URL(text) : null);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});

/** Body of `POST …/async_predict` and `…/async_run_remote` (I-5.4a, I-5.4b). Unknown fields are ignored. */
export const asyncPredictSchema = z
  .object({
    model_input: z.record(z.string(), z.unknown()),
    webhook_endpoint: webhookEndpoint.nullish().describe("Receives the result: https, or http on localhost"),
    priority: whole(PRIORITY),
    max_time_in_queue_seconds: whole(MAX_TIME_IN_QUEUE_SECONDS),
    inference_retry_config: z
      .object({
        max_attempts: whole(MAX_ATTEMPTS),
        initial_delay_ms: whole(INITIAL_DELAY_MS),
        max_delay_ms: whole(MAX_DELAY_MS),
      })
      .nullish(),
  })
  .meta({ id: "AsyncPredict" });

/** The parsed request with defaults. */
export function asyncOptions(parsed: z.output<typeof asyncPredictSchema>): AsyncOptions {
  const { model_input, webhook_endpoint, priority, max_time_in_queue_seconds, inference_retry_config } =
    parsed;
  return {
    input: JSON.stringify(model_input),
    webhookEndpoint: webhook_endpoint ?? null,
    priority: priority ?? PRIORITY.standard,
    maxTimeInQueueMs: (max_time_in_queue_seconds ?? MAX_TIME_IN_QUEUE_SECONDS.standard) * 1000,
    retry: {
      maxAttempts: inference_retry_config?.max_attempts ?? MAX_ATTEMPTS.standard,
      initialDelayMs: inference_retry_config?.initial_delay_ms ?? INITIAL_DELAY_MS.standard,
      maxDelayMs: inference_retry_config?.max_delay_ms ?? MAX_DELAY_MS.standard,
    },
  };
}
