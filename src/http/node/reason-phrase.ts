import { STATUS_CODES } from "node:http";

/** The words that HTTP has for a status, such as `Service Unavailable`. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? "Error";
}
