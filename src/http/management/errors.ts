import type { GatewayError } from "../../domain/errors.js";
import { type Answer, jsonAnswer } from "../respond.js";

/** `code` of the answers by status. Only VALIDATION_ERROR has been observed; the others are ours. */
const CODES: Readonly<Record<number, string>> = {
  400: "VALIDATION_ERROR",
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
};

/** Errors of the management API. The control API uses the same dialect. */
export function managementError(error: GatewayError): Answer {
  if (error.code === "management_rate_limited") {
    return jsonAnswer(error.status, { error: error.message, retry_after: error.retryAfter ?? 1 });
  }
  return jsonAnswer(error.status, {
    code: CODES[error.status] ?? "INTERNAL",
    message: error.message,
  });
}
