/** Async requests to dedicated deployments, and their webhook: clauses I-5.4 and I-5.5. */

import { chapter, testsIn } from "./chapter.js";
import { decidedBy, SOURCE } from "./sources.js";

const LIFECYCLE = testsIn("async/lifecycle.test.ts");
const BOUNDS = testsIn("async/bounds.test.ts");
const OUTCOMES = testsIn("async/outcomes.test.ts");
const WEBHOOK = testsIn("async/webhook.test.ts");

export const ASYNC = chapter("Async inference", [
  {
    clause: "I-5.4a",
    what: "async_predict and a chain's async_run_remote answer 201 with a request_id",
    source: SOURCE.inferenceSpec,
    test: LIFECYCLE("is accepted with 201 and its id, byte for byte"),
  },
  {
    clause: "I-5.4b",
    what: "Priority, time in queue and retries have bounds and defaults; a webhook needs https, except on localhost",
    source: SOURCE.inferenceSpec,
    note: "Ours: the messages, and how strictly the rest is read (Y-27)",
    test: BOUNDS("what is wrong is named, byte for byte; fields that nobody knows are passed over"),
  },
  {
    clause: "I-5.4c",
    what: "A body above 256 KiB is 413 with the documented message",
    source: SOURCE.asyncInference,
    test: BOUNDS("256 KiB are accepted, a byte more is 413 with the documented text"),
  },
  {
    clause: "I-5.4d",
    what: "GET returns status, webhook status, times and errors",
    source: SOURCE.inferenceSpec,
    test: LIFECYCLE("its status, byte for byte: in progress while the model works, then SUCCEEDED"),
  },
  {
    clause: "I-5.4e",
    what: "A completed request is kept for one hour",
    source: SOURCE.asyncInference,
    test: LIFECYCLE("is kept for one hour after its end, and then gone"),
  },
  {
    clause: "I-5.4f",
    what: "The status of an unknown request",
    source: decidedBy("Y-32"),
    note: "A guess: 404 and its body",
    test: LIFECYCLE("Y-32: of an unknown id, another model, a chain or another workspace is 404"),
  },
  {
    clause: "I-5.4g",
    what: "DELETE cancels a request that is still queued",
    source: SOURCE.inferenceSpec,
    note: "Ours: the texts of message",
    test: LIFECYCLE("a QUEUED request can be canceled, and never runs"),
  },
  {
    clause: "I-5.4h",
    what: "async_queue_status counts requests queued and in progress",
    source: SOURCE.inferenceSpec,
    note: "Ours: how many run at once (Y-28)",
    test: LIFECYCLE("goes to the deployment that its path names, and has a place in that one's queue"),
  },
  {
    clause: "I-5.4i",
    what: "Lower priority numbers go first",
    source: SOURCE.asyncInference,
    test: LIFECYCLE("lower priority numbers overtake, equal ones keep their order"),
  },
  {
    clause: "I-5.4j",
    what: "A request that is queued longer than max_time_in_queue_seconds expires",
    source: SOURCE.asyncInference,
    note: "Ours: it gets no webhook (Y-29)",
    test: LIFECYCLE(
      "who waits too long is EXPIRED, at that very instant, and its webhook is not told (Y-29)",
    ),
  },
  {
    clause: "I-5.4k",
    what: "A failed prediction is retried, with doubling delays",
    source: SOURCE.asyncInference,
    test: OUTCOMES("inference_retry_config: attempts, doubling from the initial delay, capped"),
  },
  {
    clause: "I-5.4l",
    what: "A failure has one of eight codes",
    source: SOURCE.asyncInference,
    note: "Ours: the codes of statuses that the documents do not list, and the messages (Y-28)",
    test: OUTCOMES("MODEL_PREDICT_ERROR: three attempts, 1 and 2 s apart, then FAILED with the last error"),
  },
  {
    clause: "I-5.4m",
    what: "A prediction may take an hour",
    source: SOURCE.errors,
    note: "Ours: the limit is per attempt (Y-28)",
    test: OUTCOMES("a prediction of more than an hour is MODEL_PREDICT_TIMEOUT"),
  },
  {
    clause: "I-5.4n",
    what: "Async calls have rates: 12,000 a minute, status and cancel less",
    source: SOURCE.asyncInference,
    state: "not",
    note: "Not enforced (Y-32)",
  },
  {
    clause: "I-5.5a",
    what: "The webhook gets the result, with headers of request and signature",
    source: SOURCE.asyncInference,
    test: WEBHOOK("gets the result when the model is done: body byte for byte, headers and signature"),
  },
  {
    clause: "I-5.5b",
    what: "Old and new secrets sign side by side for a day",
    source: SOURCE.asyncInference,
    note: "With async_webhook_secrets of a workspace in the seed; without secrets there is no signature",
    test: WEBHOOK(
      "rotated secrets sign side by side, newest first, for 24 hours; without a secret nothing signs",
    ),
  },
  {
    clause: "I-5.5c",
    what: "After 500, 502, 503 or 504 there is a second attempt, two seconds later",
    source: SOURCE.asyncInference,
    test: WEBHOOK("failing once is told again 2 s later, the same bytes"),
  },
  {
    clause: "I-5.5d",
    what: "An attempt times out after 10 s",
    source: SOURCE.asyncInference,
    note: "Ours: no second attempt after that (Y-30)",
    test: WEBHOOK("no answer within 10 s of the world's clock fails it (Y-30)"),
  },
  {
    clause: "I-5.5e",
    what: "Secrets begin with whsec_",
    source: SOURCE.silent,
    state: "not",
    note: "Any text is accepted as a secret",
  },
]);
