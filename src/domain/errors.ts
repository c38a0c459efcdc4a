/**
 * Every error that the emulator can answer with. The domain and the services throw a code from here;
 * `http/errors.ts` alone turns it into status, headers and bytes, one dialect per surface.
 */
interface CatalogueEntry {
  readonly status: number;
  /** Clause of the contract. */
  readonly clause: string;
  /** The message when the thrower gives none. */
  readonly message: string;
  /** How a test can see this error. */
  readonly provoke: string;
}

export const ERRORS = {
  // Management API
  unauthenticated: {
    status: 401,
    clause: "A-3",
    message: "Authentication credentials were not provided.",
    provoke: "call a management route without an Authorization header",
  },
  key_refused: {
    status: 403,
    clause: "A-3",
    message: "Invalid API key.",
    provoke: "call a management route with an unknown key, or with a federated one",
  },
  not_onboarded: {
    status: 403,
    clause: "A-2",
    message: "This workspace is not onboarded to Frontier Gateway.",
    provoke: "seed a workspace with `onboarded: false` and call a management route with its key",
  },
  missing_scope: {
    status: 403,
    clause: "A-2, A-7",
    message: "This API key does not have management scope.",
    provoke: "seed a key of type WORKSPACE_INVOKE and create a group with it",
  },
  foreign: {
    status: 403,
    clause: "A-4",
    message: "You do not have access to this resource.",
    provoke: "read another workspace's group or endpoint",
  },
  management_rate_limited: {
    status: 429,
    clause: "A-6",
    message: "Rate limit exceeded. Please try again later.",
    provoke: "send more than 100 requests in a second to one management route",
  },
  not_found: {
    status: 404,
    clause: "A-4",
    message: "Not found.",
    provoke: "read a group that was deleted",
  },
  validation: {
    status: 400,
    clause: "B-1",
    message: "The request is invalid.",
    provoke: "create a group without `metadata.external_entity_id`",
  },
  unknown_path: {
    status: 404,
    clause: "X-18",
    message: "Not found.",
    provoke: "call a path that does not exist",
  },
  unknown_world: {
    status: 404,
    clause: "Y-47",
    message: "There is no such world.",
    provoke: "call /_worlds/nowhere/v1/models",
  },
  method_not_allowed: {
    status: 405,
    clause: "X-18",
    message: "Method not allowed.",
    provoke: "send PUT to a route that exists",
  },
  // Inference API, gateway layer
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
    clause: "inference §4.1",
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
  client_gone: {
    status: 499,
    clause: "emulator",
    message: "the client closed the connection",
    provoke: "hang up before the answer; it is only seen in the journal",
  },
  internal: {
    status: 500,
    clause: "inference §4.1",
    message: "internal server error",
    provoke: "cannot be provoked: a defect of the emulator",
  },
  // Inference API, injected (inference §4.1, §4.3: texts are documented for 502 only, the others are ours)
  payment_required: {
    status: 402,
    clause: "inference §4.1",
    message: "Payment Required",
    provoke: "send the header x-emulator-fault: payment_required",
  },
  model_unavailable: {
    status: 502,
    clause: "inference §4.3",
    message: "Error making prediction",
    provoke: "send the header x-emulator-fault: model_unavailable",
  },
  draining: {
    status: 503,
    clause: "inference §4.3",
    message: "Service Unavailable",
    provoke: "send the header x-emulator-fault: draining",
  },
  timeout: {
    status: 504,
    clause: "inference §4.3",
    message: "Gateway Timeout",
    provoke: "send the header x-emulator-fault: timeout",
  },
  overloaded: {
    status: 529,
    clause: "inference §4.1",
    message: "Overloaded",
    provoke: "send the header x-emulator-fault: overloaded",
  },
  injected: {
    status: 500,
    clause: "emulator",
    message: "injected",
    provoke: 'send the header x-emulator-fault: {"status":418}',
  },
  // Inference API, model server
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
    clause: "inference §3, Y-16",
    message: "Invalid request",
    provoke: "POST to /v1/messages without `max_tokens`",
  },
  // Dedicated deployments (inference §4.3, §5)
  deployment_unauthorized: {
    status: 401,
    clause: "inference §4.3, Y-21",
    message: "unauthorized",
    provoke: "POST to /production/predict of a model's host without a key, or with a federated one",
  },
  deployment_not_found: {
    status: 404,
    clause: "inference §4.3, Y-22",
    message: "model does not exist",
    provoke: "POST to /production/predict of a model that the seed does not declare",
  },
  deployment_inactive: {
    status: 404,
    clause: "inference §5, Y-22",
    message: "deployment is inactive",
    provoke: "seed a deployment with `status: INACTIVE` and call it",
  },
  prediction_input: {
    status: 400,
    clause: "inference §5, Y-24",
    message: "Invalid JSON payload.",
    provoke: "POST `{` to /production/predict",
  },
  prediction_failed: {
    status: 500,
    clause: "inference §5",
    message: "Internal Server Error (in model/chainlet).",
    provoke: "seed a prediction with `reply: { error: model }`",
  },
  deployment_not_ready: {
    status: 503,
    clause: "inference §4.3, §5",
    message: "Model is not ready.",
    provoke: "seed a prediction with `reply: { error: not_ready }`",
  },
  served_model_unknown: {
    status: 404,
    clause: "inference §4.2",
    message: "The model does not exist.",
    provoke: "declare `served_model_names` and ask sync/v1/chat/completions for another model",
  },
  sync_route_unknown: {
    status: 404,
    clause: "inference §5, Y-24",
    message: "Not Found",
    provoke: "call sync/items, which no prediction of the seed answers",
  },
  // Async inference (inference §5)
  async_invalid: {
    status: 400,
    clause: "inference §5, Y-27",
    message: "The request is invalid.",
    provoke: "POST to /production/async_predict of a model's host without `model_input`",
  },
  async_request_not_found: {
    status: 404,
    clause: "inference §5, Y-32",
    message: "async request does not exist",
    provoke: "GET /async_request/unknown of a model's host",
  },
  // Cloudflare's AI Gateway (inference §6)
  cloudflare_gateway_unknown: {
    status: 400,
    clause: "inference §6, Y-34",
    message: "Please configure AI Gateway in the Cloudflare dashboard",
    provoke: "declare one gateway in the seed and call another",
  },
  cloudflare_unauthorized: {
    status: 401,
    clause: "inference §6",
    message: "Unauthorized",
    provoke: "seed a gateway with `authenticated: true` and call it without cf-aig-authorization",
  },
  cloudflare_bad_format: {
    status: 400,
    clause: "inference §6",
    message: "Chat completion bad format",
    provoke: "POST to compat/chat/completions with a model that does not begin with baseten/",
  },
  cloudflare_stored_key_unknown: {
    status: 400,
    clause: "inference §6",
    message: "Provider 'baseten' has no BYOK credential",
    provoke: "send cf-aig-byok-alias with an alias that the gateway has no key for, and no Authorization",
  },
  cloudflare_model_not_allowed: {
    status: 403,
    clause: "inference §6",
    message: "model not allowed",
    provoke: "seed a gateway with `allowed_models` and ask for another",
  },
  cloudflare_timeout: {
    status: 408,
    clause: "Y-39",
    message: "Request timeout",
    provoke: "a fault with a delay, and cf-aig-request-timeout below it",
  },
  cloudflare_no_answer: {
    status: 400,
    clause: "Y-39",
    message: "Failed to get response from provider",
    provoke: 'x-emulator-fault: {"reset":true} on the AI Gateway\'s host',
  },
  cloudflare_wholesale_rate_limited: {
    status: 429,
    clause: "inference §6",
    message: "Wholesale Rate limited",
    provoke: "x-emulator-fault: cloudflare_wholesale_rate_limited on the AI Gateway's host",
  },
  cloudflare_no_credits: {
    status: 402,
    clause: "inference §6",
    message: "Insufficient wholesale credits",
    provoke: "x-emulator-fault: cloudflare_no_credits on the AI Gateway's host",
  },
  cloudflare_spend_limit: {
    status: 429,
    clause: "inference §6",
    message: "Spend limit exceeded: rule 'default' (cost limit 100 per 604800s, sliding) for baseten",
    provoke: "x-emulator-fault: cloudflare_spend_limit on the AI Gateway's host",
  },
  cloudflare_blocked: {
    status: 403,
    clause: "inference §6",
    message: "error code: 1010",
    provoke: "x-emulator-fault: cloudflare_blocked on the AI Gateway's host",
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof ERRORS;

interface ErrorDetails {
  /** Replaces the catalogue's message on the wire. */
  readonly message?: string;
  /** One line for a person: `x-emulator-hint`, log and journal. */
  readonly hint?: string | undefined;
  /** Whole seconds, for `retry_after` and `Retry-After`. */
  readonly retryAfter?: number;
  /** Further response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Present when the error comes from behind the gateway. */
  readonly served?: ServedBy;
  /** The whole answer, of an `injected` error. */
  readonly injected?: InjectedAnswer;
}

/** An answer that a fault spells out. */
export interface InjectedAnswer {
  readonly status: number;
  /** Text as it stands, anything else as JSON; the usual body for the status when absent. */
  readonly body: unknown;
}

/** Which model server a request reached, for the headers that say so (inference §1.5). */
export interface ServedBy {
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  /** UUID. */
  readonly requestId: string;
  readonly modelId: string;
}

/** An error from the catalogue, on its way to the wire. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryAfter: number | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly served: ServedBy | undefined;
  readonly injected: InjectedAnswer | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.message ?? ERRORS[code].message);
    this.name = "GatewayError";
    this.code = code;
    this.hint = details.hint;
    this.retryAfter = details.retryAfter;
    this.headers = details.headers;
    this.served = details.served;
    this.injected = details.injected;
  }

  /** The same with another code. */
  as(code: ErrorCode): GatewayError {
    const { message, hint, served, headers = {} } = this;
    return new GatewayError(code, { message, hint, headers, ...(served ? { served } : {}) });
  }

  get status(): number {
    return this.injected?.status ?? ERRORS[this.code].status;
  }
}

/** A 400 of the management API whose message names the field (B-1). */
export function invalid(path: string, expected: string): GatewayError {
  return new GatewayError("validation", { message: path === "" ? expected : `${path}: ${expected}` });
}
