import type { DecisionRow } from "./row.js";

/** Open questions about dedicated deployments. */
export const DEDICATED_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-21",
    question: "Order of checks on the host of a model or chain, and the body of its 401",
    answer:
      '401 {"error":"unauthorized","error_code":"unauthorized"} first, for a missing, unknown or federated key and for a key that cannot call models or this model; then model, environment, input; then cold start, fault, answer',
    switch: null,
  },
  {
    id: "Y-22",
    question: "Body and error_code for unknown resources and other failures",
    answer:
      "404 model_does_not_exist for an unknown model or chain, environment or deployment, and for another workspace's; 404 model_unavailable for an inactive deployment; 404 and 405 client_error for paths and methods; 429 rate_limited, 502, 503 and 529 model_unavailable, 503 model_not_ready, 504 timeout, 413 payload_too_large",
    switch: null,
  },
  {
    id: "Y-23",
    question: "Which environments a declared model has, and the ids of undeclared deployments",
    answer:
      "always production, development and others if declared; an environment without a declared deployment has one with the id <model>-<environment>. Paths without an environment work on regional hosts only, including sync/ paths; /v1/chat/completions works on other hosts too, and means production there",
    switch: "models and chains of a workspace in the seed",
  },
  {
    id: "Y-24",
    question: "What a model without a matching rule answers, and which bodies are JSON",
    answer:
      "predict and run_remote echo the input, byte for byte; a sync route without a rule that the engine does not have either is 404. A body is JSON, of any value, if its Content-Type is JSON, absent, curl's form type or text/plain, which the curl samples in the documents need. Other types are bytes",
    switch: "predictions, settings.unmatched",
  },
  {
    id: "Y-25",
    question: "A request to a deployment that is scaled to zero or still waking",
    answer:
      "waits for the rest of the cold start, which the first request or wake started; above 1200 s in total it is 504. The deployment scales down again only with scale_down_delay",
    switch: "status, cold_start and scale_down_delay of a deployment in the seed",
  },
  {
    id: "Y-26",
    question: "What the engine behind sync/v1 answers",
    answer:
      "chat as on the inference host, without limits and billing, with errors for values in vLLM's envelope; models lists the served names; embeddings are hashes of the words, of length 1536, and ignore the model's name, as embedding servers do; health is an empty 200",
    switch: "served_model_names and embedding_dimensions of a model in the seed",
  },
];
