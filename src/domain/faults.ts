/** Injected faults: which fault applies to a request, and what it does to the answer. */

import { compileMatch, type RuleMatch } from "./completion/match.js";
import type { MatchSubject } from "./completion/subject.js";
import type { PatternCompiler } from "./completion/text-match.js";
import { ERRORS, type ErrorCode, GatewayError } from "./errors.js";
import type { CompiledMatch } from "./scripted.js";

/** Errors of the contract that a fault can name. */
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
type FaultPreset = (typeof FAULT_PRESETS)[number];

/** What a fault does to one answer. Times are milliseconds on the world's clock. */
export interface Fault {
  readonly preset?: FaultPreset | undefined;
  /** Replaces the model's answer. */
  readonly status?: number | undefined;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Wait before the first byte. */
  readonly delay_ms?: number | undefined;
  /** Pauses a stream after this many chunks, for a time or for ever. */
  readonly stall?: { readonly after_chunks: number; readonly for_ms?: number | undefined } | undefined;
  /** Closes the connection after this many chunks or bytes, without an error event (I-1.4i). */
  readonly cut?:
    | { readonly after_chunks?: number | undefined; readonly after_bytes?: number | undefined }
    | undefined;
  /** Number of the chunk that is not valid JSON, from 1. */
  readonly malformed_chunk?: number | undefined;
  /** Sends only half of a JSON answer. */
  readonly truncated_json?: boolean | undefined;
  /** Resets the connection instead of answering. */
  readonly reset?: boolean | undefined;
  /** Applies to the billing event instead of the answer. */
  readonly webhook?: WebhookFault | undefined;
}

/** What goes wrong with the delivery of a billing event. */
export interface WebhookFault {
  /** Delivers the event twice. */
  readonly duplicate?: boolean | undefined;
  /** Delivers the event after the next one. */
  readonly out_of_order?: boolean | undefined;
  /** Signs with a wrong secret. */
  readonly bad_signature?: boolean | undefined;
  /** Sets the timestamp one day back. */
  readonly stale_timestamp?: boolean | undefined;
  readonly delay_ms?: number | undefined;
  /** Delivers the event in one body with the next one. */
  readonly batch?: boolean | undefined;
}

export interface FaultRule {
  readonly id: string;
  readonly match: RuleMatch;
  /** How many requests it applies to; absent: unlimited. */
  readonly times?: number | undefined;
  /** Share of the matching requests that it applies to, 0 to 1, by the seeded random source. */
  readonly probability?: number | undefined;
  /** Number of matching requests that pass first. */
  readonly after?: number | undefined;
  readonly fault: Fault;
}

/** A compiled fault rule with its counts. */
export interface CompiledFault {
  readonly rule: FaultRule;
  readonly match: CompiledMatch<MatchSubject>;
  matched: number;
  struck: number;
}

export function compileFault(
  rule: FaultRule,
  compile: PatternCompiler,
  matched = 0,
  struck = 0,
): CompiledFault {
  return { rule, match: compileMatch(rule.match, compile), matched, struck };
}

/**
 * The first fault of that kind that applies to this request, or null. A fault that only changes streams never
 * applies to a whole answer, and the other way round (Y-50). Updates the counts of the rules it looked at.
 * @param float a number in [0, 1) from the world's random source, drawn only for faults with a probability
 */
export function matchFault<Rule extends CompiledFault>(
  faults: readonly Rule[],
  kind: "answer" | "webhook",
  subject: MatchSubject,
  float: () => number,
): Rule | null {
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

/** Whether the fault can change such an answer (Y-50). */
function applies(fault: Fault, stream: boolean): boolean {
  const { preset, status, reset, delay_ms, cut, webhook, stall, malformed_chunk, truncated_json } = fault;
  if ((preset ?? status ?? reset ?? delay_ms ?? cut ?? webhook) !== undefined) return true;
  return stream ? (stall ?? malformed_chunk) !== undefined : truncated_json !== undefined;
}

/** Whether the fault replaces the model's answer. Values are then not checked. */
export function answersItself({ preset, status, reset }: Fault): boolean {
  return preset !== undefined || status !== undefined || reset === true;
}

/** The error that replaces the model's answer, or null when the fault only changes the answer. */
export function faultError(fault: Fault): GatewayError | null {
  const headers = fault.headers ?? {};
  if (fault.preset !== undefined) {
    return new GatewayError(fault.preset, { headers, hint: "injected by a fault" });
  }
  if (fault.status === undefined) return null;
  const injected = { status: fault.status, body: fault.body };
  return new GatewayError("injected", { injected, headers, hint: "injected by a fault" });
}

/** Lower error statuses are refusals by the gateway: the request is not counted (L-4). */
const FIRST_SERVER_ERROR = 500;

/** Whether the fault is a refusal by the gateway and not a failure of the model. Refusals are not counted (L-4). */
export function refuses({ preset, status }: Fault): boolean {
  const answered = preset === undefined ? status : ERRORS[preset].status;
  return answered !== undefined && answered >= 400 && answered < FIRST_SERVER_ERROR;
}
