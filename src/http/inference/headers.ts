import type { ServedBy } from "../../domain/errors.js";

/**
 * Response headers of the inference host (inference §1.5). What the front end adds came with every recorded
 * answer; the `X-Baseten-*` set only from behind the gateway.
 */
export const GATEWAY_HEADERS: Readonly<Record<string, string>> = {
  Vary: "Origin",
  Via: "1.1 google",
  "Alt-Svc": 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000',
};

/** Always the same value in the recordings; the value itself is not published. */
const SESSION_ID = "00000000000000000000000000000000";
const STRICT_TRANSPORT = "max-age=31536000; includeSubDomains";

/** Headers of an answer that came from a model server, as name and value in turn: made for every request. */
export function modelServerHeaderList(served: ServedBy): string[] {
  return [
    ...FIXED,
    "X-Baseten-Accepted-At",
    String(served.acceptedAt),
    "X-Baseten-Request-Id",
    hexOf(served.requestId),
    "X-Baseten-Model-Id",
    served.modelId,
    "X-Baseten-Model-Version-Id",
    served.modelId,
  ];
}

const FIXED: readonly string[] = Object.entries({
  ...GATEWAY_HEADERS,
  "Strict-Transport-Security": STRICT_TRANSPORT,
  "X-Baseten-Session-Id": SESSION_ID,
  "X-Baseten-Model-Prediction-Attempts": "1",
}).flat();

/** The same as a record, for errors. */
export function modelServerHeaders(served: ServedBy): Readonly<Record<string, string>> {
  const list = modelServerHeaderList(served);
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < list.length; at += 2) headers[list[at] ?? ""] = list[at + 1] ?? "";
  return headers;
}

/** A UUID's 32 hex digits: one id in the answer, in its headers and in the billing event. */
export function hexOf(uuid: string): string {
  return uuid.replaceAll("-", "");
}
