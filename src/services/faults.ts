import type { MatchSubject } from "../domain/completion/subject.js";
import { millisecondsOf } from "../domain/duration.js";
import {
  type CompiledFault,
  compileFault,
  type Fault,
  type FaultRule,
  matchFault,
  type WebhookFault,
} from "../domain/faults.js";
import type { FaultRuleSeed, FaultSeed } from "../schemas/faults.js";
import type { Cache, WorldContext } from "./world-context.js";

/** The fault that applies to a request, and the id of its rule. */
interface MatchedFault {
  readonly id: string;
  readonly fault: Fault;
}

/** A compiled fault, and its position in the database. */
type StoredFault = CompiledFault & { readonly position: number };

/** The faults of a world, compiled once. Their counts are stored. */
export class Faults implements Cache {
  readonly #context: WorldContext;
  #compiled: StoredFault[] | null = null;

  constructor(context: WorldContext) {
    this.#context = context;
    context.caches.push(this);
  }

  stateReplaced(): void {
    this.#compiled = null;
  }

  /** The request's own fault, or the first that applies to its answer, which is counted; null: none. */
  match(own: Fault | null, subject: MatchSubject): MatchedFault | null {
    return own ? { id: "x-emulator-fault", fault: own } : this.#matchFirst("answer", subject);
  }

  /** The first fault that applies to a billing event, or null. Counts it. */
  matchEvent(subject: MatchSubject): WebhookFault | null {
    const matched = this.#matchFirst("webhook", subject);
    // A billing event has no journal entry for a note.
    this.#context.patterns.noteUndecided([]);
    return matched?.fault.webhook ?? null;
  }

  #matchFirst(kind: "answer" | "webhook", subject: MatchSubject): MatchedFault | null {
    const faults = this.#faults();
    if (faults.length === 0) return null;
    const before = faults.map(({ matched }) => matched);
    const matched = matchFault(faults, kind, subject, () => this.#context.random.float());
    for (const [index, fault] of faults.entries()) {
      if (fault.matched === before[index]) continue;
      this.#context.store.faults.setSeen(fault.position, fault.matched, fault.struck);
    }
    return matched ? { id: matched.rule.id, fault: matched.rule.fault } : null;
  }

  /** With their counts. */
  list() {
    return this.#faults().map(({ rule, matched, struck }) => ({ ...rule, matched, struck }));
  }

  /** Adds faults after the existing ones, with new ids. */
  add(rules: readonly FaultRuleSeed[]): FaultRule[] {
    const { store, random } = this.#context;
    const added = rules.map(
      (rule): FaultRule => ({ id: `fault-${random.hex(6)}`, ...rule, fault: faultOf(rule.fault) }),
    );
    store.transaction(() => store.faults.add(added));
    this.#compiled = null;
    return added;
  }

  /** @returns whether the fault existed */
  remove(id: string): boolean {
    const fault = this.#faults().find(({ rule }) => rule.id === id);
    if (!fault) return false;
    this.#context.store.faults.remove(fault.position);
    this.#compiled = null;
    return true;
  }

  clear(): void {
    this.#context.store.faults.clear();
    this.#compiled = null;
  }

  #faults(): StoredFault[] {
    const { compile } = this.#context.patterns;
    this.#compiled ??= this.#context.store.faults.all().map(({ position, rule, matched, struck }) => ({
      ...compileFault(rule, compile, matched, struck),
      position,
    }));
    return this.#compiled;
  }
}

/** Converts a fault of a seed or request: its durations become milliseconds. */
export function faultOf({ delay, stall, webhook, ...rest }: FaultSeed): Fault {
  return {
    ...rest,
    webhook: webhook && webhookFaultOf(webhook),
    delay_ms: millisecondsOf(delay),
    stall: stall && { after_chunks: stall.after_chunks, for_ms: millisecondsOf(stall.for) },
  };
}

function webhookFaultOf({ delay, ...fault }: NonNullable<FaultSeed["webhook"]>): WebhookFault {
  return { ...fault, delay_ms: millisecondsOf(delay) };
}
