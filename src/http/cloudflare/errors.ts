import type { ErrorCode, GatewayError } from "../../domain/errors.js";
import { type Answer, jsonAnswer } from "../respond.js";

/** An error of the AI Gateway itself: its internal code, and message and status if they differ from the catalogue's. */
interface OwnError {
  readonly code: number;
  readonly message?: string;
  readonly status?: number;
}

/** Codes of I-6.5b and I-6.5c. Users published 2005 and 2008; one saw 3046 for a late answer (Y-34, Y-39). */
const OWN_ERRORS: Partial<Record<ErrorCode, OwnError>> = {
  cloudflare_gateway_unknown: { code: 2001 },
  cloudflare_no_answer: { code: 2005 },
  // Any other path segment counts as an unknown provider.
  unknown_path: { code: 2008, message: "Invalid provider", status: 400 },
  cloudflare_unauthorized: { code: 2009 },
  cloudflare_wholesale_rate_limited: { code: 2018 },
  cloudflare_bad_format: { code: 2019 },
  cloudflare_no_credits: { code: 2021 },
  cloudflare_stored_key_unknown: { code: 2040 },
  cloudflare_spend_limit: { code: 2041 },
  cloudflare_timeout: { code: 3046 },
  cloudflare_model_not_allowed: { code: 5018 },
};

/** The AI Gateway's own errors (I-6.5a). Errors of the provider pass through unchanged (I-6.4d). */
export function cloudflareError(error: GatewayError): Answer {
  switch (error.code) {
    case "cloudflare_blocked":
      return {
        status: error.status,
        body: error.message,
        headers: { "Content-Type": "text/plain; charset=UTF-8" },
      };
    case "method_not_allowed":
      return jsonAnswer(error.status, { error: "method not allowed" });
    case "body_too_large":
    case "encoded_body":
      return jsonAnswer(error.status, { error: error.message });
    default:
      return ownError(error, OWN_ERRORS[error.code] ?? { code: error.status });
  }
}

function ownError(error: GatewayError, own: OwnError): Answer {
  const { code, message = error.message, status = error.status } = own;
  return jsonAnswer(status, {
    success: false,
    result: [],
    messages: [],
    error: [{ code, message }],
    name: "AiGatewayError",
    httpCode: status,
    internalCode: code,
    message,
  });
}
