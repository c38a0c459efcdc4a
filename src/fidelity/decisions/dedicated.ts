import type { DecisionRow } from "./management.js";

/** What is silent about dedicated deployments. */
export const DEDICATED_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-21",
    question: "Order of checks on the host of a model or chain, and the body of its 401",
    answer:
      '401 {"error":"unauthorized","error_code":"unauthorized"} first, for a missing, unknown or federated key and for one that may not call models or not this one; then model, environment, input; then cold start, fault, answer',
    switch: null,
  },
  {
    id: "Y-22",
    question: "Bodies and error_code of what is not there",
    answer:
      "404 model_does_not_exist for an unknown model or chain, environment or deployment, and for another workspace's; 404 model_unavailable for an inactive deployment; 404 and 405 client_error for paths and methods; 429 rate_limited, 502, 503 and 529 model_unavailable, 503 model_not_ready, 504 timeout, 413 payload_too_large",
    switch: null,
  },
  {
    id: "Y-23",
    question: "Which environments a declared model has, and the ids of deployments that nobody named",
    answer:
      "production always, development and others when declared; an environment without a deployment of its own has one with the id <model>-<environment>. Bare paths are for regional hosts, except /v1/chat/completions, which means production elsewhere; regional hosts have bare sync/ paths too",
    switch: "models and chains of a workspace in the seed",
  },
  {
    id: "Y-24",
    question: "What a model without a fixture answers, and which bodies are JSON",
    answer:
      "predict and run_remote give the input back, byte for byte; a sync route that neither a rule nor the engine knows is 404. JSON by its own type, by none, by curl's form type and by text/plain, as the documents' curl lines need; it may be any value. Other types are bytes",
    switch: "predictions, settings.unmatched",
  },
  {
    id: "Y-25",
    question: "A request to a deployment that is scaled to zero or still waking",
    answer:
      "waits for the rest of the cold start, which the first request or wake began; over 1200 s in all it is 504. It sleeps again only when scale_down_delay says so",
    switch: "status, cold_start and scale_down_delay of a deployment in the seed",
  },
  {
    id: "Y-26",
    question: "What the engine behind sync/v1 answers",
    answer:
      "chat as on the inference host, without limits and billing, errors of values in vLLM's envelope; models lists the served names; embeddings are hashed from the words, 1536 long, and pass over the model's name, as embedding servers do; health is an empty 200",
    switch: "served_model_names and embedding_dimensions of a model in the seed",
  },
];
