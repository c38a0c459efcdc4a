import { ChatSubject } from "../../domain/completion/subject.js";
import { millisecondsOf } from "../../domain/duration.js";
import { GatewayError } from "../../domain/errors.js";
import { type Fault, faultError } from "../../domain/faults.js";
import {
  compilePrediction,
  type PredictionReply,
  type PredictionRule,
  type PredictionSubject,
} from "../../domain/predictions.js";
import type { PredictionReplySeed, PredictionRuleSeed } from "../../schemas/predictions.js";
import type { Faults } from "../faults.js";
import type { Patterns } from "../patterns.js";
import { RuleBook } from "../rule-book.js";
import type { WorldContext } from "../world-context.js";
import { outcomeOf, type PredictionOutcome, type PredictionRequest } from "./outcome.js";

/** An answer before it is sent. The caller waits and sends it. */
export interface Prediction {
  readonly delayMs: number;
  readonly outcome: PredictionOutcome;
  /** The fault on the answer; the caller only applies its `reset` and `cut`. */
  readonly fault: Fault | null;
  /** For the journal: the rule that answered and the fault. */
  readonly notes: readonly string[];
  /** What the caller should know about the rules; null: nothing. */
  readonly hint: string | null;
}

/** Answers requests to deployments by prediction rules and faults. */
export class Predictions extends RuleBook<PredictionReply, PredictionRule, PredictionSubject> {
  readonly #faults: Faults;
  readonly #patterns: Patterns;

  constructor(context: WorldContext, parts: { faults: Faults }) {
    super(context, "prediction", context.store.predictions, compilePrediction);
    this.#faults = parts.faults;
    this.#patterns = context.patterns;
  }

  /**
   * The answer to a request: of a fault, of the first matching rule, or `builtIn`. Counts the rule's use. Never throws;
   * errors are outcomes.
   * @param builtIn the answer without a matching rule; an echo for `/predict` and `/run_remote` (Y-24)
   */
  answer(request: PredictionRequest, builtIn: (request: PredictionRequest) => PredictionOutcome): Prediction {
    const { deployment, key, header } = request;
    const subject = new ChatSubject(deployment.ownerId, null, { group: [], key, header });
    const matched = this.#faults.match(request.fault, subject);
    const notes = matched ? [`applied ${matched.id}`] : [];
    const fault = matched?.fault ?? null;
    const faultDelayMs = fault?.delay_ms ?? 0;
    const error = fault ? faultError(fault) : null;
    const faultHint = this.#patterns.noteUndecided(notes);
    if (error)
      return { delayMs: faultDelayMs, outcome: { kind: "error", error }, fault, notes, hint: faultHint };
    const reply = this.#matchRule(request, notes);
    const outcome = reply ? outcomeOf(reply, request) : this.#withoutRule(request, builtIn, notes);
    const hint = this.#patterns.noteUndecided(notes) ?? faultHint;
    return { delayMs: faultDelayMs + (reply?.delay_ms ?? 0), outcome, fault, notes, hint };
  }

  /** The same for rules of a seed or request. */
  override add(rules: readonly PredictionRuleSeed[], first = false): PredictionRule[] {
    const converted = rules.map(({ match, times, reply, sequence }) => ({
      match,
      times,
      reply: reply && replyOf(reply),
      sequence: sequence?.map(replyOf),
    }));
    return super.add(converted, first);
  }

  #matchRule(request: PredictionRequest, notes: string[]): PredictionReply | null {
    const matched = this.match(request);
    if (!matched) return null;
    notes.push(`answered by ${matched.id}`);
    return matched.reply ?? {};
  }

  /** The answer without a matching rule. `settings.unmatched: error` replaces echoes only. */
  #withoutRule(
    request: PredictionRequest,
    builtIn: (request: PredictionRequest) => PredictionOutcome,
    notes: string[],
  ): PredictionOutcome {
    const outcome = builtIn(request);
    const echoes = outcome.kind === "whole" && outcome.body === request.body;
    if (!echoes) return outcome;
    const hint = this.unmatched(request, notes);
    return hint === null ? outcome : { kind: "error", error: new GatewayError("unmatched", { hint }) };
  }
}

/** Converts a reply of a seed or request: its durations become milliseconds. */
function replyOf({ delay, chunk_delay, ...rest }: PredictionReplySeed): PredictionReply {
  return { ...rest, delay_ms: millisecondsOf(delay), chunk_delay_ms: millisecondsOf(chunk_delay) };
}
