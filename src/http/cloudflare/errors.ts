import type { ErrorCode, GatewayError } from "../../domain/errors.js";
import { type Answer, jsonAnswer } from "../respond.js";

/** What the AI Gateway says of itself: its internal code and, where it differs from the catalogue, its words. */
interface OwnError {
  readonly code: number;
  readonly message?: string;
  readonly status?: number;
}

/** inference §6; 2005 and 2008 as published by users, 3046 as one saw it for a late answer (Y-34, Y-39). */
const OWN_ERRORS: Partial<Record<ErrorCode, OwnError>> = {
  cloudflare_gateway_unknown: { code: 2001 },
  cloudflare_no_answer: { code: 2005 },
  // Whatever stands where a provider should is taken for one that is not known.
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

/** The AI Gateway's own errors (inference §6); what it leaves to the provider comes in the provider's words. */
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
