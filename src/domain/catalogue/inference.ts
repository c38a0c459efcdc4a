import type { CatalogueEntry } from "./entry.js";

/** Errors of the inference API: of the gateway, by faults, and of the model server. */
export const INFERENCE_ERRORS = {
  // Gateway
  invalid_body: {
    status: 400,
    clause: "X-5",
    message: "Invalid request body",
    provoke: "POST `{}` to /v1/chat/completions",
  },
  missing_key: {
    status: 401,
    clause: "X-3",
    message: "please check the api-key you provided",
    provoke: "POST a chat completion without an Authorization header",
  },
  models_missing_key: {
    status: 401,
    clause: "X-23",
    message: "No Authorization header provided",
    provoke: "GET /v1/models without an Authorization header",
  },
  wrong_key: {
    status: 403,
    clause: "X-2, X-16",
    message: "please check the api-key you provided",
    provoke: "POST a chat completion with a revoked key",
  },
  bearer_refused: {
    status: 403,
    clause: "X-1",
    message: "please check the api-key you provided",
    provoke: "send a federated key as `Authorization: Bearer`",
  },
  empty_key: {
    status: 502,
    clause: "I-4.1f, Y-2",
    message: "502 Server Error",
    provoke: "send `Authorization: Bearer` with nothing behind it",
  },
  unknown_model: {
    status: 404,
    clause: "X-4",
    message: "please check the model you provided",
    provoke: "ask for a slug that is not in the group's set",
  },
  rate_limited: {
    status: 429,
    clause: "X-6, L-12",
    message: "Too Many Requests",
    provoke: "spend a group's limit and send one request more",
  },
  body_too_large: {
    status: 413,
    clause: "X-13",
    message: "Request Entity Too Large",
    provoke: "seed `settings.max_body_bytes` and send more",
  },
  encoded_body: {
    status: 415,
    clause: "Y-73",
    message: "Unsupported Media Type",
    provoke: "send a body with `Content-Encoding: gzip`",
  },
  client_gone: {
    status: 499,
    clause: "emulator",
    message: "the client closed the connection",
    provoke: "hang up before the answer; it is only seen in the journal",
  },
  internal: {
    status: 500,
    clause: "I-4.1h",
    message: "internal server error",
    provoke: "cannot be provoked: a defect of the emulator",
  },
  loop_detected: {
    status: 508,
    clause: "Y-76",
    message: "Loop Detected",
    provoke: "seed a rule whose `forward.url` is the emulator itself",
  },
  // By faults. Only the text of 502 is documented (Y-19)
  payment_required: {
    status: 402,
    clause: "I-4.1j, Y-19",
    message: "Payment Required",
    provoke: "send the header x-emulator-fault: payment_required",
  },
  model_unavailable: {
    status: 502,
    clause: "I-4.3a",
    message: "Error making prediction",
    provoke: "send the header x-emulator-fault: model_unavailable",
  },
  draining: {
    status: 503,
    clause: "I-4.3a, Y-19",
    message: "Service Unavailable",
    provoke: "send the header x-emulator-fault: draining",
  },
  timeout: {
    status: 504,
    clause: "I-4.3a, Y-19",
    message: "Gateway Timeout",
    provoke: "send the header x-emulator-fault: timeout",
  },
  overloaded: {
    status: 529,
    clause: "I-4.1j, Y-19",
    message: "Overloaded",
    provoke: "send the header x-emulator-fault: overloaded",
  },
  injected: {
    status: 500,
    clause: "emulator",
    message: "injected",
    provoke: 'send the header x-emulator-fault: {"status":418}',
  },
  // Model server
  unmatched: {
    status: 400,
    clause: "emulator",
    message: "No completion rule matches this request",
    provoke: "seed `settings.unmatched: error` and send what no rule fits",
  },
  invalid_value: {
    status: 400,
    clause: "X-8, X-9",
    message: "Invalid request",
    provoke: "send `temperature: 3`",
  },
  messages_invalid_value: {
    status: 400,
    clause: "I-3h, Y-16",
    message: "Invalid request",
    provoke: "POST to /v1/messages without `max_tokens`",
  },
} as const satisfies Record<string, CatalogueEntry>;
