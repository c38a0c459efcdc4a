import type { MatchSubject } from "../domain/completion/subject.js";
import { parseDuration } from "../domain/duration.js";
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

/** The fault that meets a request, and the rule it comes from. */
export interface MatchedFault {
  readonly id: string;
  readonly fault: Fault;
}

/** A fault as the control plane lists it. */
export interface FaultView {
  readonly rule: FaultRule;
  readonly matched: number;
  readonly struck: number;
}

/** The world's faults, compiled once; what each has seen is stored. */
export class Faults implements Cache {
  readonly #context: WorldContext;
  #compiled: CompiledFault[] | null = null;
  readonly #positions = new Map<CompiledFault, number>();

  constructor(context: WorldContext) {
    this.#context = context;
    context.caches.push(this);
  }

  configurationChanged(): void {}

  stateReplaced(): void {
    this.#compiled = null;
  }

  get empty(): boolean {
    return this.#faults().length === 0;
  }

  /** The first fault that strikes, or null. */
  match(subject: MatchSubject): MatchedFault | null {
    return this.#strike("answer", subject);
  }

  /** What a fault does to a billing event, or null. */
  matchEvent(subject: MatchSubject): WebhookFault | null {
    return this.#strike("webhook", subject)?.fault.webhook ?? null;
  }

  #strike(kind: "answer" | "webhook", subject: MatchSubject): MatchedFault | null {
    const faults = this.#faults();
    if (faults.length === 0) return null;
    const before = faults.map(({ matched }) => matched);
    const struck = matchFault(faults, kind, subject, () => this.#context.random.float());
    for (const [index, fault] of faults.entries()) {
      if (fault.matched === before[index]) continue;
      const position = this.#positions.get(fault);
      if (position !== undefined) this.#context.store.faults.setSeen(position, fault.matched, fault.struck);
    }
    return struck ? { id: struck.rule.id, fault: struck.rule.fault } : null;
  }

  list(): FaultView[] {
    return this.#faults().map(({ rule, matched, struck }) => ({ rule, matched, struck }));
  }

  /** Adds faults behind those that are there, and gives them ids. */
  add(rules: readonly FaultRuleSeed[]): FaultRule[] {
    const { store, random } = this.#context;
    const added = rules.map(
      (rule): FaultRule => ({ id: `fault-${random.hex(6)}`, ...rule, fault: faultOf(rule.fault) }),
    );
    store.transaction(() => store.faults.add(added));
    this.#compiled = null;
    return added;
  }

  /** @returns whether there was such a fault */
  remove(id: string): boolean {
    const fault = this.#faults().find(({ rule }) => rule.id === id);
    const position = fault ? this.#positions.get(fault) : undefined;
    if (position === undefined) return false;
    this.#context.store.faults.remove(position);
    this.#compiled = null;
    return true;
  }

  clear(): void {
    this.#context.store.faults.clear();
    this.#compiled = null;
  }

  #faults(): CompiledFault[] {
    if (this.#compiled) return this.#compiled;
    this.#positions.clear();
    this.#compiled = this.#context.store.faults.all().map(({ position, rule, matched, struck }) => {
      const compiled = compileFault(rule, matched, struck);
      this.#positions.set(compiled, position);
      return compiled;
    });
    return this.#compiled;
  }
}

/** A fault as it is written, with its durations in milliseconds. */
export function faultOf({ delay, stall, webhook, ...rest }: FaultSeed): Fault {
  return {
    ...rest,
    ...(webhook === undefined ? {} : { webhook: webhookFaultOf(webhook) }),
    ...(delay === undefined ? {} : { delay_ms: parseDuration(delay) ?? 0 }),
    ...(stall === undefined
      ? {}
      : {
          stall: {
            after_chunks: stall.after_chunks,
            ...(stall.for === undefined ? {} : { for_ms: parseDuration(stall.for) ?? 0 }),
          },
        }),
  };
}

function webhookFaultOf({ delay, ...flaw }: NonNullable<FaultSeed["webhook"]>): WebhookFault {
  return delay === undefined ? flaw : { ...flaw, delay_ms: parseDuration(delay) ?? 0 };
}
