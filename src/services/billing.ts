import { type BillingEvent, billingEvent } from "../domain/billing-webhook.js";
import type { EventFilter, EventState, SumPair, Sums } from "../store/billing-queries.js";
import type { WorldContext } from "./world-context.js";

export type { EventFilter, Sums };

/** A billing event with its delivery state. */
export interface RecordedEvent {
  readonly seq: number;
  readonly event: BillingEvent;
  /** `recorded`: its workspace has no webhook. */
  readonly state: EventState;
}

/** Two sums that should be equal and are not. */
export interface Difference extends SumPair {
  /** Such as `answers` and `ledger`. */
  readonly between: readonly [string, string];
}

/** Billing events, and the comparison of all records about them. */
export class Billing {
  readonly #context: WorldContext;
  readonly #flush: () => void;

  /** @param flush writes pending journal entries, so that reads include them */
  constructor(context: WorldContext, flush: () => void) {
    this.#context = context;
    this.#flush = flush;
  }

  /** At most `limit` billing events after row `after`, in order of completion. */
  events(filter: EventFilter, after: number, limit: number): RecordedEvent[] {
    this.#flush();
    const { billing } = this.#context.store;
    return billing.events(filter, after, limit).map((row) => ({
      seq: row.seq,
      event: billingEvent(row, this.#context.settings.webhookFields),
      state: row.state,
    }));
  }

  /**
   * Compares the answers in the journal, the ledger, the counters of the limits and the deliveries, per group, key and
   * slug. Requests whose journal entries were deleted are not in the first comparison.
   * @returns the differences; empty when all records agree
   */
  reconcile(): Difference[] {
    this.#flush();
    const { billing } = this.#context.store;
    return [
      ...differing(["answers", "ledger"], billing.answersAgainstLedger()),
      ...differing(["ledger", "limits"], billing.ledgerAgainstLimits()),
      ...differing(["ledger", "deliveries"], billing.ledgerAgainstDeliveries()),
    ];
  }
}

function differing(between: readonly [string, string], pairs: readonly SumPair[]): Difference[] {
  return pairs
    .filter(({ left, right }) => left.requests !== right.requests || left.tokens !== right.tokens)
    .map((pair) => ({ between, ...pair }));
}
