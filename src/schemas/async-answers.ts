import * as z from "zod";
import { ASYNC_STATUSES, WEBHOOK_STATUSES } from "../domain/async/request.js";
import { PREDICTION_FAILURE_CODES } from "../domain/async/retry.js";

/** Answers of async inference (I-5.4a to I-5.4h), for the API description only. The routes build them by hand. */

export const asyncAcceptedAnswer = z.object({ request_id: z.string() }).meta({ id: "AsyncAccepted" });

export const asyncStatusAnswer = z
  .object({
    request_id: z.string(),
    model_id: z.string().optional(),
    chain_id: z.string().optional(),
    deployment_id: z.string(),
    status: z.enum(ASYNC_STATUSES),
    webhook_status: z.enum(WEBHOOK_STATUSES),
    created_at: z.string(),
    status_at: z.string(),
    errors: z.array(z.object({ code: z.enum(PREDICTION_FAILURE_CODES), message: z.string() })),
  })
  .meta({ id: "AsyncStatus" });

export const asyncCanceledAnswer = z
  .object({ request_id: z.string(), canceled: z.boolean(), message: z.string() })
  .meta({ id: "AsyncCanceled" });

export const asyncQueueAnswer = z
  .object({
    model_id: z.string(),
    deployment_id: z.string(),
    num_queued_requests: z.int(),
    num_in_progress_requests: z.int(),
  })
  .meta({ id: "AsyncQueue" });
