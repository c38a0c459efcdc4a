import type { ErrorCode, GatewayError } from "../../domain/errors.js";
import { reasonPhrase } from "../node/reason-phrase.js";
import { type Answer, jsonAnswer } from "../respond.js";

/** `error_code` of the documented shape (inference §4.3); the sources give no mapping, so this one is ours. */
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
  internal: "internal_baseten_error",
};

/** Which part of the platform an error comes from: the server that runs the model (inference §5). */
const TRUSS_SERVER = "04";
/** What that server says of it: the model's own code failed, or the client's input was no good. */
const MODEL_FAILED = "600";
const INPUT_REFUSED = "700";

/** `{error, error_code}` of the platform; a model's and an engine's own errors in their own shapes (§4.2, §5). */
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

/** The server around a model's code says who failed in headers, and has no `error_code`. */
function fromModel(error: GatewayError, code: string): Answer {
  return jsonAnswer(
    error.status,
    { error: error.message },
    { "X-BASETEN-ERROR-SOURCE": TRUSS_SERVER, "X-BASETEN-ERROR-CODE": code },
  );
}

/** vLLM-like (inference §4.2). */
function fromEngine(error: GatewayError, param: string | null, type: string): Answer {
  return jsonAnswer(error.status, { error: { code: error.status, message: error.message, param, type } });
}

/** A fault's own answer; without a body, the general shape. */
function injected(error: GatewayError): Answer {
  const body = error.injected?.body ?? {
    error: reasonPhrase(error.status),
    error_code: codeOf(error),
  };
  return typeof body === "string"
    ? { ...jsonAnswer(error.status, null), body }
    : jsonAnswer(error.status, body);
}
