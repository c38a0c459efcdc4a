/** Misbehaviour on purpose: which fault meets a request, and what it does to the answer. */

import { type CompiledMatch, compileMatch, type RuleMatch } from "./completion/match.js";
import type { MatchSubject } from "./completion/subject.js";
import { type ErrorCode, GatewayError } from "./errors.js";

/** The contract's own errors by a word. */
export const FAULT_PRESETS = [
  "wrong_key",
  "unknown_model",
  "rate_limited",
  "payment_required",
  "model_unavailable",
  "draining",
  "timeout",
  "overloaded",
] as const satisfies readonly ErrorCode[];
export type FaultPreset = (typeof FAULT_PRESETS)[number];

/** What happens to one answer. Times are milliseconds on the world's clock. */
export interface Fault {
  readonly preset?: FaultPreset | undefined;
  /** An answer of one's own in place of the model's. */
  readonly status?: number | undefined;
  /** Text as it stands, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Before the first byte. */
  readonly delay_ms?: number | undefined;
  /** After so many chunks of a stream nothing comes, for a time or for ever. */
  readonly stall?: { readonly after_chunks: number; readonly for_ms?: number | undefined } | undefined;
  /** After so many chunks or bytes the connection ends, without an error event (inference §1.4). */
  readonly cut?:
    | { readonly after_chunks?: number | undefined; readonly after_bytes?: number | undefined }
    | undefined;
  /** The chunk of this number, from 1, is not valid JSON. */
  readonly malformed_chunk?: number | undefined;
  /** A JSON answer that stops in the middle. */
  readonly truncated_json?: boolean | undefined;
  /** The connection is reset instead of an answer. */
  readonly reset?: boolean | undefined;
  /** Strikes the billing event instead of the answer. */
  readonly webhook?: WebhookFault | undefined;
}

/** What goes wrong with the delivery of a billing event. */
export interface WebhookFault {
  /** Delivered twice. */
  readonly duplicate?: boolean | undefined;
  /** Delivered after the event that follows it. */
  readonly out_of_order?: boolean | undefined;
  /** Signed with another secret. */
  readonly bad_signature?: boolean | undefined;
  /** Its timestamp lies a day back. */
  readonly stale_timestamp?: boolean | undefined;
  readonly delay_ms?: number | undefined;
  /** In one body with the event that follows it. */
  readonly batch?: boolean | undefined;
}

export interface FaultRule {
  readonly id: string;
  readonly match: RuleMatch;
  /** How often it strikes; unlimited when absent. */
  readonly times?: number | undefined;
  /** Of the requests that match, how many it meets, 0 to 1, by the seeded random source. */
  readonly probability?: number | undefined;
  /** Lets so many matching requests pass first. */
  readonly after?: number | undefined;
  readonly fault: Fault;
}

/** A fault rule ready for requests, with what it has seen. */
export interface CompiledFault {
  readonly rule: FaultRule;
  readonly match: CompiledMatch;
  matched: number;
  struck: number;
}

/** @throws SyntaxError for a pattern that `checkPattern` reports; check before */
export function compileFault(rule: FaultRule, matched = 0, struck = 0): CompiledFault {
  return { rule, match: compileMatch(rule.match), matched, struck };
}

/**
 * The first fault of that kind that strikes this request, or null: one that only disturbs streams lets whole answers
 * pass, and the other way round. Counts what each rule that was asked has seen.
 * @param float a number in [0, 1) from the world's random source, drawn only when a probability asks for it
 */
export function matchFault(
  faults: readonly CompiledFault[],
  kind: "answer" | "webhook",
  subject: MatchSubject,
  float: () => number,
): CompiledFault | null {
  for (const fault of faults) {
    if ((fault.rule.fault.webhook === undefined) !== (kind === "answer")) continue;
    const { times, after = 0, probability } = fault.rule;
    if (times !== undefined && fault.struck >= times) continue;
    if (!fault.match.matches(subject) || !applies(fault.rule.fault, subject.stream)) continue;
    fault.matched++;
    if (fault.matched <= after) continue;
    if (probability !== undefined && float() >= probability) continue;
    fault.struck++;
    return fault;
  }
  return null;
}

/** Whether anything of it can be done to such an answer; what cannot strike is not used up. */
function applies(fault: Fault, stream: boolean): boolean {
  const { preset, status, reset, delay_ms, cut, webhook, stall, malformed_chunk, truncated_json } = fault;
  if ((preset ?? status ?? reset ?? delay_ms ?? cut ?? webhook) !== undefined) return true;
  return stream ? (stall ?? malformed_chunk) !== undefined : truncated_json !== undefined;
}

/** Whether the fault takes the place of the model's answer, so that values are never looked at. */
export function answersItself({ preset, status, reset }: Fault): boolean {
  return preset !== undefined || status !== undefined || reset === true;
}

/** The error that a fault gives in the model's place, or null when it only disturbs the answer. */
export function faultError(fault: Fault): GatewayError | null {
  const headers = fault.headers ?? {};
  if (fault.preset !== undefined) {
    return new GatewayError(fault.preset, { headers, hint: "injected by a fault" });
  }
  if (fault.status === undefined) return null;
  const injected = { status: fault.status, body: fault.body };
  return new GatewayError("injected", { injected, headers, hint: "injected by a fault" });
}

/** Statuses below this are refusals of the gateway: such a request counts nowhere (L-4). */
const FIRST_SERVER_ERROR = 500;

/** Whether the fault refuses the request instead of letting the model fail: then it counts nowhere (L-4). */
export function refuses(fault: Fault): boolean {
  if (fault.preset !== undefined) return PRESET_REFUSES[fault.preset];
  return fault.status !== undefined && fault.status >= 400 && fault.status < FIRST_SERVER_ERROR;
}

const PRESET_REFUSES: Readonly<Record<FaultPreset, boolean>> = {
  wrong_key: true,
  unknown_model: true,
  rate_limited: true,
  payment_required: true,
  model_unavailable: false,
  draining: false,
  timeout: false,
  overloaded: false,
};
