import type { Delivery } from "../../store/deliveries.js";
import { emptyOutbox, type OutboxState } from "./outbox.js";

/**
 * One workspace's deliveries in memory. A delivery is in at most one of the sets; all other pending ones are in the
 * database only.
 */
export class WorkspaceQueue {
  readonly workspaceId: string;
  /** Deliveries with a running attempt: at most `webhook_concurrency` (W-10). */
  readonly inFlight = new Set<number>();
  /** Deliveries that wait on the clock, for a retry or by a fault. They hold no slot (Y-78). */
  readonly waiting = new Set<number>();
  /** Deliveries whose wait is over, in this order. They need a slot. */
  readonly due = new Set<number>();
  /** Stored deliveries after this number may be pending and in none of the sets; null: there are none. */
  backlogAfter: number | null = null;
  readonly outbox: OutboxState = emptyOutbox();

  constructor(workspaceId: string) {
    this.workspaceId = workspaceId;
  }

  has(seq: number): boolean {
    return this.inFlight.has(seq) || this.waiting.has(seq) || this.due.has(seq);
  }

  /** Whether it waits for nothing: no attempt, no retry. */
  get isEmpty(): boolean {
    return this.inFlight.size === 0 && this.waiting.size === 0 && this.due.size === 0;
  }

  /**
   * Takes deliveries for the free slots: those that are due, then new ones. One transaction for all of them, because slots
   * often become free together.
   * @param next a new delivery
   * @throws the transaction's error; then none is taken
   */
  fillSlots(slots: number, next: () => number | null, transaction: (work: () => void) => void): number[] {
    const taken: number[] = [];
    try {
      transaction(() => {
        while (this.inFlight.size < slots) {
          const seq = this.#takeDue() ?? next();
          if (seq === null) return;
          this.inFlight.add(seq);
          taken.push(seq);
        }
      });
    } catch (cause) {
      for (const seq of taken) this.inFlight.delete(seq);
      throw cause;
    }
    return taken;
  }

  /** Removes and returns the delivery that has been due for longest. */
  #takeDue(): number | null {
    for (const seq of this.due) {
      this.due.delete(seq);
      return seq;
    }
    return null;
  }

  /**
   * The next stored delivery that is in none of the sets, oldest first.
   * @param nextPending the first pending delivery after a number
   */
  takeStored(nextPending: (after: number) => Delivery | null): Delivery | null {
    while (this.backlogAfter !== null) {
      const stored = nextPending(this.backlogAfter);
      this.backlogAfter = stored?.seq ?? null;
      if (stored && !this.has(stored.seq)) return stored;
    }
    return null;
  }
}
