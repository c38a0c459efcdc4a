import type { ServedBy } from "../../domain/errors.js";

/**
 * Response headers of the inference host (I-1.5). What the front end adds came with every recorded answer; the
 * `X-Baseten-*` set only from behind the gateway.
 */
export const GATEWAY_HEADERS = {
  Vary: "Origin",
  Via: "1.1 google",
  "Alt-Svc": 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000',
} as const;

/** Always the same value in the recordings; the value itself is not published. */
const SESSION_ID = "00000000000000000000000000000000";

/** Headers of an answer that came from a model server. */
export function modelServerHeaders({ acceptedAt, requestId, modelId }: ServedBy): Record<string, string> {
  // Spelt out: this is made for every request, and spreading costs more than the rest.
  return {
    Vary: GATEWAY_HEADERS.Vary,
    Via: GATEWAY_HEADERS.Via,
    "Alt-Svc": GATEWAY_HEADERS["Alt-Svc"],
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Baseten-Session-Id": SESSION_ID,
    "X-Baseten-Model-Prediction-Attempts": "1",
    "X-Baseten-Accepted-At": String(acceptedAt),
    "X-Baseten-Request-Id": hexOf(requestId),
    "X-Baseten-Model-Id": modelId,
    "X-Baseten-Model-Version-Id": modelId,
  };
}

/** A UUID's 32 hex digits: one id in the answer, in its headers and in the billing event. */
export function hexOf(uuid: string): string {
  // Its five groups, without the hyphens: faster than a search for them.
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24, 36);
}
