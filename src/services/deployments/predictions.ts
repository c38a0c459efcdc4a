import { matchSubject } from "../../domain/completion/subject.js";
import { parseDuration } from "../../domain/duration.js";
import { GatewayError } from "../../domain/errors.js";
import { type Fault, faultError } from "../../domain/faults.js";
import { ECHO_NOTE } from "../../domain/journal.js";
import {
  compilePrediction,
  type PredictionReply,
  type PredictionRule,
  type PredictionSubject,
} from "../../domain/predictions.js";
import type { PredictionReplySeed, PredictionRuleSeed } from "../../schemas/predictions.js";
import type { Faults } from "../faults.js";
import { RuleBook } from "../rule-book.js";
import type { WorldContext } from "../world-context.js";
import { outcomeOf, type PredictionOutcome, type PredictionRequest } from "./outcome.js";

/** An answer before it is sent: the caller waits and delivers. */
export interface Prediction {
  readonly delayMs: number;
  readonly outcome: PredictionOutcome;
  /** What happens to the answer on its way; only its `reset` and `cut` concern a prediction. */
  readonly fault: Fault | null;
  /** For the journal: which rule answered, which fault struck. */
  readonly notes: readonly string[];
}

/** What deployments answer: the world's prediction rules, and faults. */
export class Predictions {
  readonly #context: WorldContext;
  readonly #faults: Faults;
  readonly #book: RuleBook<PredictionReply, PredictionRule, PredictionSubject>;

  constructor(context: WorldContext, parts: { faults: Faults }) {
    this.#context = context;
    this.#faults = parts.faults;
    this.#book = new RuleBook(context, context.store.predictions, compilePrediction);
  }

  /**
   * The answer of a deployment to a request: a fault's, else that of the first rule that fits, else `builtIn`.
   * Uses the rule once. Never throws: what goes wrong is an outcome.
   * @param builtIn what is said when no rule speaks; the input itself for `/predict` and `/run_remote` (Y-24)
   */
  answer(request: PredictionRequest, builtIn: (request: PredictionRequest) => PredictionOutcome): Prediction {
    const struck = request.fault ? { id: "x-emulator-fault", fault: request.fault } : this.#meet(request);
    const notes = struck ? [`met by ${struck.id}`] : [];
    const fault = struck?.fault ?? null;
    const late = fault?.delay_ms ?? 0;
    const error = fault ? faultError(fault) : null;
    if (error) return { delayMs: late, outcome: { kind: "error", error }, fault, notes };
    const reply = this.#choose(request, notes);
    if (!reply) return { delayMs: late, outcome: this.#unscripted(request, builtIn, notes), fault, notes };
    return { delayMs: late + (reply.delay_ms ?? 0), outcome: outcomeOf(reply, request), fault, notes };
  }

  list() {
    return this.#book.list();
  }

  /**
   * Adds rules behind those that are there, and gives them ids. Their patterns have been checked.
   * @param first put them before the others instead, as a test that adds a rule to a seed expects
   */
  add(rules: readonly PredictionRuleSeed[], first = false): PredictionRule[] {
    const { random } = this.#context;
    const added = rules.map(
      ({ match, times, reply, sequence }): PredictionRule => ({
        id: `prediction-${random.hex(6)}`,
        match,
        ...(times === undefined ? {} : { times }),
        ...(reply === undefined ? {} : { reply: replyOf(reply) }),
        ...(sequence === undefined ? {} : { sequence: sequence.map(replyOf) }),
      }),
    );
    this.#book.add(added, first);
    return added;
  }

  clear(): void {
    this.#book.clear();
  }

  #meet({ deployment, key, header }: PredictionRequest) {
    return this.#faults.empty
      ? null
      : this.#faults.match(matchSubject(deployment.ownerId, null, { group: [], key, header }));
  }

  #choose(request: PredictionRequest, notes: string[]): PredictionReply | null {
    const chosen = this.#book.match(request);
    if (!chosen) return null;
    notes.push(`answered by ${chosen.id}`);
    return chosen.reply ?? {};
  }

  /** `settings.unmatched: error` speaks of what would be an echo; a server's own routes answer as ever. */
  #unscripted(
    request: PredictionRequest,
    builtIn: (request: PredictionRequest) => PredictionOutcome,
    notes: string[],
  ): PredictionOutcome {
    const outcome = builtIn(request);
    const echoes = outcome.kind === "whole" && outcome.body === request.body;
    if (!echoes) return outcome;
    const closest = this.#book.closest(request);
    if (this.#context.settings.unmatched === "echo") {
      // Where there are no rules, echo is what was asked for.
      if (closest.length > 0) notes.push(ECHO_NOTE, ...closest);
      return outcome;
    }
    notes.push(...closest);
    const hint =
      closest.length > 0 ? `no rule fits; closest is ${closest[0]}` : "there are no prediction rules";
    return { kind: "error", error: new GatewayError("unmatched", { hint }) };
  }
}

/** A reply as it is written, with its durations in milliseconds. */
function replyOf({ delay, chunk_delay, ...rest }: PredictionReplySeed): PredictionReply {
  return {
    ...rest,
    ...(delay === undefined ? {} : { delay_ms: parseDuration(delay) ?? 0 }),
    ...(chunk_delay === undefined ? {} : { chunk_delay_ms: parseDuration(chunk_delay) ?? 0 }),
  };
}
