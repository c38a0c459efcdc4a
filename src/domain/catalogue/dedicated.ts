import type { CatalogueEntry } from "./entry.js";

/** Errors of dedicated deployments and async inference (I-4.3b). */
export const DEDICATED_ERRORS = {
  // Dedicated deployments
  deployment_unauthorized: {
    status: 401,
    clause: "I-5.1d, Y-21",
    message: "unauthorized",
    provoke: "POST to /production/predict of a model's host without a key, or with a federated one",
  },
  deployment_not_found: {
    status: 404,
    clause: "I-5.1a, Y-22",
    message: "model does not exist",
    provoke: "POST to /production/predict of a model that the seed does not declare",
  },
  deployment_inactive: {
    status: 404,
    clause: "I-5.1e, Y-22",
    message: "deployment is inactive",
    provoke: "seed a deployment with `status: INACTIVE` and call it",
  },
  prediction_input: {
    status: 400,
    clause: "I-5.2d, Y-24",
    message: "Invalid JSON payload.",
    provoke: "POST `{` to /production/predict",
  },
  prediction_failed: {
    status: 500,
    clause: "I-5.2e",
    message: "Internal Server Error (in model/chainlet).",
    provoke: "seed a prediction with `reply: { error: model }`",
  },
  deployment_not_ready: {
    status: 503,
    clause: "I-5.2d",
    message: "Model is not ready.",
    provoke: "seed a prediction with `reply: { error: not_ready }`",
  },
  served_model_unknown: {
    status: 404,
    clause: "I-4.2e",
    message: "The model does not exist.",
    provoke: "declare `served_model_names` and ask sync/v1/chat/completions for another model",
  },
  sync_route_unknown: {
    status: 404,
    clause: "I-5.3e, Y-24",
    message: "Not Found",
    provoke: "call sync/items, which no prediction of the seed answers",
  },
  // Async inference
  async_invalid: {
    status: 400,
    clause: "I-5.4b, Y-27",
    message: "The request is invalid.",
    provoke: "POST to /production/async_predict of a model's host without `model_input`",
  },
  async_request_not_found: {
    status: 404,
    clause: "I-5.4f, Y-32",
    message: "async request does not exist",
    provoke: "GET /async_request/unknown of a model's host",
  },
} as const satisfies Record<string, CatalogueEntry>;
