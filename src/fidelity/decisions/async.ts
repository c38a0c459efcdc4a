import type { DecisionRow } from "./row.js";

/** Open questions about async inference. */
export const ASYNC_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-27",
    question: "How strictly the body of async_predict is read",
    answer:
      "checked after key and deployment: size, JSON with any Content-Type, values by the description; null counts as absent, unknown fields are ignored, model_input is an object; errors are 400 with error_code client_error. async_run_remote wraps its input in the same way, as in the guide; the description shows it unwrapped",
    switch: null,
  },
  {
    id: "Y-28",
    question: "How async requests run",
    answer:
      "one at a time per deployment, including delays before retries; 3600 s for each attempt; only the last attempt's error is reported; a streamed answer is ASYNC_REQUEST_NOT_SUPPORTED; a model's own status becomes the code that the documents list for it, other 4xx MODEL_INVALID_INPUT",
    switch: "async_concurrency",
  },
  {
    id: "Y-29",
    question: "Async requests that leave the queue without a prediction",
    answer:
      "expired and canceled ones send no webhook: webhook_status CANCELED; while a deployment starts its requests stay QUEUED",
    switch: null,
  },
  {
    id: "Y-30",
    question: "What the documents do not say about the webhook of async requests",
    answer:
      "while it is sent, the status is SUCCEEDED with webhook_status PENDING; a missing answer is not retried; FAILED stays FAILED if the webhook fails too; times have milliseconds; chains have chain_id instead of model_id",
    switch: null,
  },
  {
    id: "Y-31",
    question: "Async requests after a restart or a restored snapshot",
    answer:
      "queued ones continue; a prediction in progress starts over and counts once; webhooks that are due are sent",
    switch: null,
  },
  {
    id: "Y-32",
    question: "Body of an unknown async request, and the rates of async calls",
    answer:
      '404 {"error":"async request does not exist","error_code":"client_error"}, also for another model\'s and after the hour; the documented rates are not enforced',
    switch: null,
  },
];
