import { STATUS_CODES } from "node:http";
import type { ErrorCode, GatewayError } from "../domain/errors.js";
import type { Surface } from "../domain/journal.js";
import type { Settings } from "../domain/settings.js";
import { type Answer, JSON_TYPE, json } from "./answer.js";
import { cloudflareError } from "./cloudflare/errors.js";
import { dedicatedError } from "./dedicated/errors.js";
import { GATEWAY_HEADERS, hexOf, modelServerHeaders } from "./inference/headers.js";

/**
 * The one place where a code of the catalogue becomes status, headers and bytes, one dialect per surface.
 * What only helps a person goes into `x-emulator-*` headers, never into a contract body.
 */
export function errorAnswer(surface: Surface, error: GatewayError, settings: Settings): Answer {
  const answer = dialectOf(surface)(error, settings);
  const hint = error.hint === undefined ? {} : { "x-emulator-hint": oneLine(error.hint) };
  const wanted = error.code === "rate_limited" ? settings.rateLimitedError?.headers : undefined;
  return { ...answer, headers: mergeHeaders(answer.headers, error.headers, wanted, hint) };
}

/** Later ones win, whatever the case of their names. */
function mergeHeaders(...sets: (Readonly<Record<string, string>> | undefined)[]): Record<string, string> {
  const merged = new Map<string, [name: string, value: string]>();
  for (const set of sets) {
    for (const [name, value] of Object.entries(set ?? {})) merged.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(merged.values());
}

type Dialect = (error: GatewayError, settings: Settings) => Answer;

function dialectOf(surface: Surface): Dialect {
  switch (surface) {
    case "inference":
      return inferenceError;
    case "dedicated":
      return dedicatedError;
    case "cloudflare":
      return cloudflareError;
    case "management":
    case "control":
      return managementError;
  }
}

/** `code` words of A-5; only VALIDATION_ERROR has been seen in the wild. */
const MANAGEMENT_CODES: Partial<Record<ErrorCode, string>> = {
  unauthenticated: "UNAUTHENTICATED",
  key_refused: "FORBIDDEN",
  not_onboarded: "FORBIDDEN",
  missing_scope: "FORBIDDEN",
  foreign: "FORBIDDEN",
  not_found: "NOT_FOUND",
  unknown_path: "NOT_FOUND",
  unknown_world: "NOT_FOUND",
  method_not_allowed: "METHOD_NOT_ALLOWED",
  validation: "VALIDATION_ERROR",
  body_too_large: "PAYLOAD_TOO_LARGE",
};

/** The control plane speaks the same dialect. */
function managementError(error: GatewayError): Answer {
  if (error.code === "management_rate_limited") {
    return json(error.status, { error: error.message, retry_after: error.retryAfter ?? 1 });
  }
  return json(error.status, { code: MANAGEMENT_CODES[error.code] ?? "INTERNAL", message: error.message });
}

/** The gateway's and the model server's errors (inference §4.1, §4.2). */
function inferenceError(error: GatewayError, settings: Settings): Answer {
  switch (error.code) {
    case "invalid_value":
      return modelServerError(error, settings);
    case "messages_invalid_value":
      return messagesError(error);
    case "empty_key":
      return {
        status: 502,
        body: LOAD_BALANCER_PAGE,
        headers: { "Content-Type": "text/html; charset=UTF-8" },
      };
    case "models_missing_key":
      return {
        status: error.status,
        body: error.message,
        headers: { "Content-Type": "text/plain; charset=utf-8" },
      };
    case "rate_limited":
      return rateLimited(error, settings);
    case "unmatched":
      return modelServerError(error, settings);
    case "injected":
      return injectedError(error);
    case "unknown_path":
      return gateway(error.status, `{"error":"not found"}`);
    case "method_not_allowed":
      return gateway(error.status, `{"error":"method not allowed"}`);
    case "body_too_large":
    case "internal":
      return gateway(error.status, JSON.stringify({ error: error.message }));
    default:
      // Go's encoder ends with a newline: recorded for the 403, taken over for its siblings.
      return gateway(error.status, `${JSON.stringify({ error: error.message })}\n`);
  }
}

/** A fault's own answer; without a body, the documented general shape (inference §4.3). */
function injectedError(error: GatewayError): Answer {
  const body = error.injected?.body ?? { error: STATUS_CODES[error.status] ?? "Error" };
  return gateway(error.status, typeof body === "string" ? body : JSON.stringify(body));
}

function gateway(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body, headers: { "Content-Type": JSON_TYPE, ...GATEWAY_HEADERS, ...headers } };
}

/** X-6 and its switch `errors.rate_limited`: the status is fixed, body and headers are free. */
function rateLimited(error: GatewayError, settings: Settings): Answer {
  const wanted = settings.rateLimitedError;
  if (wanted?.body === undefined)
    return gateway(error.status, `${JSON.stringify({ error: error.message })}\n`);
  return gateway(error.status, typeof wanted.body === "string" ? wanted.body : JSON.stringify(wanted.body));
}

/** tab-indented with a newline, or flat and compact; each came with its own set of headers (§1.5). */
function modelServerError(error: GatewayError, settings: Settings): Answer {
  switch (settings.modelServerErrors) {
    case "nested": {
      const body = { error: { code: error.status, message: error.message, type: "Bad Request" } };
      const headers = error.served ? modelServerHeaders(error.served) : {};
      return gateway(error.status, `${JSON.stringify(body, null, "\t")}\n`, headers);
    }
    case "flat": {
      const body = { message: error.message, type: "Bad Request", code: error.status };
      const accepted = error.served ? { "X-Baseten-Accepted-At": String(error.served.acceptedAt) } : {};
      return gateway(error.status, JSON.stringify(body), accepted);
    }
  }
}

/** The envelope of `/v1/messages` (inference §3, Y-16); the id is that of `X-Baseten-Request-Id`. */
function messagesError(error: GatewayError): Answer {
  const { served } = error;
  const body = {
    type: "error",
    request_id: `req_${hexOf(served?.requestId ?? "")}`,
    error: { type: "invalid_request_error", message: error.message },
  };
  return gateway(error.status, JSON.stringify(body), served ? modelServerHeaders(served) : {});
}

/** What the load balancer in front answers to an empty key (inference §4.1); the page's text is a guess. */
const LOAD_BALANCER_PAGE = `
<html><head>
<meta http-equiv="content-type" content="text/html;charset=utf-8">
<title>502 Server Error</title>
</head>
<body text=#000000 bgcolor=#ffffff>
<h1>Error: Server Error</h1>
<h2>The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.</h2>
<h2></h2>
</body></html>
`;

/** Longest hint, characters: clients refuse header blocks of some kilobytes. */
const MAX_HINT = 600;

/** One line of printable ASCII, as a header has to be. */
function oneLine(text: string): string {
  const line = text.slice(0, MAX_HINT).replace(/[^\x20-\x7e]+/g, "?");
  return text.length > MAX_HINT ? `${line}...` : line;
}
