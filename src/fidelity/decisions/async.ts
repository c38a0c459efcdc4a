import type { DecisionRow } from "./management.js";

/** What is silent about async inference. */
export const ASYNC_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-27",
    question: "How strictly the body of async_predict is read",
    answer:
      "after key and deployment: size, JSON whatever the Content-Type, values by the description; null counts as absent, unknown fields are passed over, model_input is an object; 400 with error_code client_error. async_run_remote wraps its input in the same way, as the guide says; the description shows it bare",
    switch: null,
  },
  {
    id: "Y-28",
    question: "How async requests run",
    answer:
      "one at a time per deployment, the wait for a retry included; 3600 s for each attempt; the last attempt's error alone is told; a streamed answer is ASYNC_REQUEST_NOT_SUPPORTED; a model's own status becomes the code the documents list for it, other 4xx MODEL_INVALID_INPUT",
    switch: "async_concurrency",
  },
  {
    id: "Y-29",
    question: "Async requests that leave the queue without a prediction",
    answer:
      "expired and canceled ones tell no webhook: webhook_status CANCELED; while a deployment starts up its requests stay QUEUED",
    switch: null,
  },
  {
    id: "Y-30",
    question: "The webhook of async requests where the documents stop",
    answer:
      "SUCCEEDED with PENDING while it is told; no answer at all is not retried; FAILED stays FAILED when it fails too; times have milliseconds; chains have chain_id in place of model_id",
    switch: null,
  },
  {
    id: "Y-31",
    question: "Async requests over a restart or a restored snapshot",
    answer:
      "queued ones go on; a prediction in progress is made again from its beginning and counts once; webhooks that are due are told",
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
