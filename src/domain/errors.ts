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
    provoke: "set `max_body_bytes` and send more",
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
    provoke: "x-emulator-fault: payment_required",
  },
  model_unavailable: {
    status: 502,
    clause: "inference §4.3",
    message: "Error making prediction",
    provoke: "x-emulator-fault: model_unavailable",
  },
  draining: {
    status: 503,
    clause: "inference §4.3",
    message: "Service Unavailable",
    provoke: "x-emulator-fault: draining",
  },
  timeout: {
    status: 504,
    clause: "inference §4.3",
    message: "Gateway Timeout",
    provoke: "x-emulator-fault: timeout",
  },
  overloaded: {
    status: 529,
    clause: "inference §4.1",
    message: "Overloaded",
    provoke: "x-emulator-fault: overloaded",
  },
  injected: {
    status: 500,
    clause: "emulator",
    message: "injected",
    provoke: 'x-emulator-fault: {"status":418}',
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
