import type { ErrorCode, GatewayError } from "../../domain/errors.js";
import { reasonPhrase } from "../node/reason-phrase.js";
import { type Answer, jsonAnswer } from "../respond.js";

/** `error_code` of the documented shape. The sources give no mapping, so this one is ours (I-4.3b). */
const ERROR_CODES: Partial<Record<ErrorCode, string>> = {
  deployment_unauthorized: "unauthorized",
  wrong_key: "unauthorized",
  deployment_not_found: "model_does_not_exist",
  unknown_model: "model_does_not_exist",
  deployment_inactive: "model_unavailable",
  model_unavailable: "model_unavailable",
  draining: "model_unavailable",
  overloaded: "model_unavailable",
  deployment_not_ready: "model_not_ready",
  timeout: "timeout",
  rate_limited: "rate_limited",
  body_too_large: "payload_too_large",
  encoded_body: "unsupported_media_type",
  internal: "internal_baseten_error",
};

/** The part of the platform that failed: the server around the model (I-5.2e). */
const TRUSS_SERVER = "04";
/** Its codes: the model's code failed, or the input was invalid. */
const MODEL_FAILED = "600";
const INPUT_REFUSED = "700";

/** The platform's `{error, error_code}` (I-4.3b), and the shapes of a model's (I-5.2e) and an engine's errors (I-5.3f). */
export function dedicatedError(error: GatewayError): Answer {
  switch (error.code) {
    case "prediction_failed":
      return fromModel(error, MODEL_FAILED);
    case "prediction_input":
      return fromModel(error, INPUT_REFUSED);
    case "sync_route_unknown":
      return jsonAnswer(error.status, { detail: error.message });
    case "served_model_unknown":
      return fromEngine(error, "model", "NotFoundError");
    case "invalid_value":
    case "invalid_body":
      return fromEngine(error, null, "BadRequestError");
    case "injected":
      return injected(error);
    case "unknown_path":
      return jsonAnswer(error.status, { error: "not found", error_code: "client_error" });
    case "method_not_allowed":
      return jsonAnswer(error.status, { error: "method not allowed", error_code: "client_error" });
    default:
      return jsonAnswer(error.status, { error: error.message, error_code: codeOf(error) });
  }
}

function codeOf({ code, status }: GatewayError): string {
  return ERROR_CODES[code] ?? (status < 500 ? "client_error" : "internal_baseten_error");
}

/** The server around the model names the failure in headers, and sends no `error_code` (I-5.2e). */
function fromModel(error: GatewayError, code: string): Answer {
  return jsonAnswer(
    error.status,
    { error: error.message },
    { "X-BASETEN-ERROR-SOURCE": TRUSS_SERVER, "X-BASETEN-ERROR-CODE": code },
  );
}

/** An error in vLLM's shape (I-5.3f). */
function fromEngine(error: GatewayError, param: string | null, type: string): Answer {
  return jsonAnswer(error.status, { error: { code: error.status, message: error.message, param, type } });
}

/** The answer of a fault; without a body, the general shape. */
function injected(error: GatewayError): Answer {
  const body = error.injected?.body ?? {
    error: reasonPhrase(error.status),
    error_code: codeOf(error),
  };
  return typeof body === "string"
    ? { ...jsonAnswer(error.status, null), body }
    : jsonAnswer(error.status, body);
}
