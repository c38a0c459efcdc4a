import type { GatewayError } from "../../domain/errors.js";
import { type Answer, json } from "../answer.js";

/** The documented general shape (inference §4.3). */
export function dedicatedError(error: GatewayError): Answer {
  return json(error.status, { error: error.message });
}
