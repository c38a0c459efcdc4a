import type { GatewayError } from "../../domain/errors.js";
import { type Answer, json } from "../answer.js";

/** The AI Gateway's own errors (inference §6). */
export function cloudflareError(error: GatewayError): Answer {
  return json(error.status, {
    success: false,
    result: [],
    messages: [],
    error: [{ message: error.message }],
  });
}
