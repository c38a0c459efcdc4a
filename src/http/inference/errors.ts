import type { GatewayError } from "../../domain/errors.js";
import type { Settings } from "../../domain/settings.js";
import { reasonPhrase } from "../node/reason-phrase.js";
import { type Answer, JSON_TYPE } from "../respond.js";
import { GATEWAY_HEADERS, hexOf, modelServerHeaders } from "./headers.js";

/** The gateway's and the model server's errors (I-4.1, I-4.2). */
export function inferenceError(error: GatewayError, settings: Settings): Answer {
  switch (error.code) {
    case "invalid_value":
    case "unmatched":
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
    case "injected":
      return injectedError(error);
    case "unknown_path":
      return gateway(error.status, `{"error":"not found"}`);
    case "method_not_allowed":
      return gateway(error.status, `{"error":"method not allowed"}`);
    case "body_too_large":
    case "encoded_body":
    case "internal":
      return gateway(error.status, JSON.stringify({ error: error.message }));
    default:
      // Go's encoder ends with a newline: recorded for the 403, taken over for its siblings.
      return gateway(error.status, `${JSON.stringify({ error: error.message })}\n`);
  }
}

/** A fault's own answer; without a body, the documented general shape (I-4.3). */
function injectedError(error: GatewayError): Answer {
  const body = error.injected?.body ?? { error: reasonPhrase(error.status) };
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

/** tab-indented with a newline, or flat and compact; each came with its own set of headers (I-1.5). */
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

/** The envelope of `/v1/messages` (I-3, Y-16); the id is that of `X-Baseten-Request-Id`. */
function messagesError(error: GatewayError): Answer {
  const { served } = error;
  const body = {
    type: "error",
    request_id: `req_${hexOf(served?.requestId ?? "")}`,
    error: { type: "invalid_request_error", message: error.message },
  };
  return gateway(error.status, JSON.stringify(body), served ? modelServerHeaders(served) : {});
}

/** What the load balancer in front answers to an empty key (I-4.1); the page's text is a guess. */
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
