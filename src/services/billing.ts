import { type BillingEvent, billingEvent } from "../domain/billing-webhook.js";
import type { EventFilter } from "../store/billing-queries.js";
import type { WorldContext } from "./world-context.js";

export type { EventFilter };

/** A billing event with what belongs to it inside the emulator. */
export interface RecordedEvent {
  readonly seq: number;
  readonly event: BillingEvent;
  /** What became of it; `recorded` when its workspace has no webhook. */
  readonly state: "recorded" | "waiting" | "pending" | "delivered" | "dead";
}

/** Two books that should agree and do not. */
export interface Difference {
  /** Such as `answers` and `ledger`. */
  readonly between: readonly [string, string];
  readonly group: string;
  readonly external_entity_id: string | null;
  readonly key: string | null;
  readonly slug: string;
  readonly left: Sums;
  readonly right: Sums;
}

export interface Sums {
  readonly requests: number;
  readonly tokens: number;
}

/** What was billed, and whether all books say the same. */
export class Billing {
  readonly #context: WorldContext;
  readonly #flush: () => void;

  /** @param flush writes what is waiting, so that reading sees it */
  constructor(context: WorldContext, flush: () => void) {
    this.#context = context;
    this.#flush = flush;
  }

  /** At most `limit` billed events after row `after`, in order of completion. */
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
   * Compares what clients were sent (the journal), what the ledger holds, what the limits counted and what
   * deliveries tell, per group, key and slug. Answers what differs; nothing, when all is well. Requests whose
   * journal entries were deleted are left out of the first comparison.
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

interface Pair {
  readonly group: string;
  readonly entity: string | null;
  readonly key: string | null;
  readonly slug: string;
  readonly left: Sums;
  readonly right: Sums;
}

function differing(between: readonly [string, string], pairs: readonly Pair[]): Difference[] {
  return pairs
    .filter(({ left, right }) => left.requests !== right.requests || left.tokens !== right.tokens)
    .map(({ group, entity, key, slug, left, right }) => {
      return { between, group, external_entity_id: entity, key, slug, left, right };
    });
}
