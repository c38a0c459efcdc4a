import type { CertifyCase, ExpectedResponse } from "./cases.js";

/** How long a receiver has (W-5). */
export { ATTEMPT_TIMEOUT_MS } from "../domain/billing-webhook.js";

/** What the receiver did with one POST. */
export type ReceiverResponse =
  | { readonly kind: "answered"; readonly status: number; readonly ms: number }
  | { readonly kind: "timeout"; readonly ms: number }
  | { readonly kind: "network"; readonly error: string; readonly ms: number };

/** How a case went. */
export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  /** What the receiver did, such as `200 in 3 ms, 200 in 2 ms`. */
  readonly did: string;
  /** What it should do. */
  readonly should: string;
  /** Of all its answers together. */
  readonly ms: number;
}

/**
 * Judges a case.
 * @param reactions per POST of the case, one per attempt; the last attempt counts
 */
export function judge(
  { name, duty, advice }: CertifyCase,
  reactions: readonly (readonly ReceiverResponse[])[],
): CaseResult {
  const all = reactions.flat();
  return {
    name,
    passed: reactions.every((attempts) => {
      const last = attempts.at(-1);
      return last !== undefined && fulfils(last, duty);
    }),
    did: all.map(describe).join(", "),
    should: advice,
    ms: all.reduce((sum, { ms }) => sum + ms, 0),
  };
}

/** Whether the gateway would send it again (W-5, W-6). */
export function wouldRetry(reaction: ReceiverResponse): boolean {
  return !fulfils(reaction, "accept") && !fulfils(reaction, "refuse");
}

function fulfils(reaction: ReceiverResponse, duty: ExpectedResponse): boolean {
  if (reaction.kind !== "answered") return false;
  const hundred = Math.floor(reaction.status / 100);
  return hundred === (duty === "accept" ? 2 : 4);
}

function describe(reaction: ReceiverResponse): string {
  const took = `${Math.round(reaction.ms)} ms`;
  switch (reaction.kind) {
    case "answered":
      return `${reaction.status} in ${took}`;
    case "timeout":
      return `no answer in ${took}`;
    case "network":
      return `no answer: ${reaction.error}`;
  }
}
