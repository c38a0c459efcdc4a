import type { ErrorCode, GatewayError } from "../../domain/errors.js";
import { type Answer, jsonAnswer } from "../respond.js";

/** `code` of the answers. Only VALIDATION_ERROR has been observed; the others are ours. */
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

/** Errors of the management API. The control API uses the same dialect. */
export function managementError(error: GatewayError): Answer {
  if (error.code === "management_rate_limited") {
    return jsonAnswer(error.status, { error: error.message, retry_after: error.retryAfter ?? 1 });
  }
  return jsonAnswer(error.status, {
    code: MANAGEMENT_CODES[error.code] ?? "INTERNAL",
    message: error.message,
  });
}
