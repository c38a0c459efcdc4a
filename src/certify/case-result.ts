import type { CertifyCase, ExpectedResponse } from "./cases.js";

/** How long a receiver may take to answer (W-5). */
export { ATTEMPT_TIMEOUT_MS } from "../domain/billing-webhook.js";

/** How the receiver answered one POST. */
export type ReceiverResponse =
  | { readonly kind: "answered"; readonly status: number; readonly ms: number }
  | { readonly kind: "timeout"; readonly ms: number }
  | { readonly kind: "network"; readonly error: string; readonly ms: number };

/** The result of one case. */
export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  /** The receiver's answers, such as `200 in 3 ms, 200 in 2 ms`. */
  readonly did: string;
  /** What the receiver should do. */
  readonly should: string;
  /** Duration of all its answers together. */
  readonly ms: number;
}

/**
 * The result of a case. A POST passes when the answer to its last attempt is the expected one.
 * @param responses for each POST of the case, the answer to each attempt
 */
export function caseResult(
  { name, expected, advice }: CertifyCase,
  responses: readonly (readonly ReceiverResponse[])[],
): CaseResult {
  const all = responses.flat();
  return {
    name,
    passed: responses.every((attempts) => {
      const last = attempts.at(-1);
      return last !== undefined && isExpected(last, expected);
    }),
    did: all.map(describe).join(", "),
    should: advice,
    ms: all.reduce((sum, { ms }) => sum + ms, 0),
  };
}

/** Whether the gateway would retry the delivery: only 2xx and 4xx end it (W-5, W-6). */
export function wouldRetry(response: ReceiverResponse): boolean {
  return !isExpected(response, "accept") && !isExpected(response, "refuse");
}

function isExpected(response: ReceiverResponse, expected: ExpectedResponse): boolean {
  if (response.kind !== "answered") return false;
  return Math.floor(response.status / 100) === (expected === "accept" ? 2 : 4);
}

function describe(response: ReceiverResponse): string {
  const took = `${Math.round(response.ms)} ms`;
  switch (response.kind) {
    case "answered":
      return `${response.status} in ${took}`;
    case "timeout":
      return `no answer in ${took}`;
    case "network":
      return `no answer: ${response.error}`;
  }
}
