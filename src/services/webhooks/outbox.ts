import { billingEvent, webhookBody } from "../../domain/billing-webhook.js";
import type { WebhookFault } from "../../domain/faults.js";
import { createRandom } from "../../runtime/random.js";
import type { Delivery } from "../../store/deliveries.js";
import type { LedgerRow } from "../../store/ledger.js";
import type { Faults } from "../faults.js";
import type { WorldContext } from "../world-context.js";
import { eventSubject } from "./event-subject.js";

/** How far a stale timestamp lies back. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** What the outbox of one workspace remembers between two looks at the ledger. */
export interface OutboxMemory {
  /** An event that a fault holds back until the next one is there. */
  held: { readonly row: LedgerRow; readonly flaw: WebhookFault } | null;
  /** The event that faults were asked about last, so that each is asked about once. */
  asked: { readonly seq: number; readonly flaw: WebhookFault | null } | null;
  /** Up to this ledger row nothing more is to be found: other workspaces' events are passed over once. */
  searchedTo: number;
}

export function emptyOutbox(): OutboxMemory {
  return { held: null, asked: null, searchedTo: 0 };
}

/**
 * Makes billing events of the ledger into deliveries, in order of completion (W-10), and misbehaves where a
 * fault asks for it. Runs in the caller's transaction.
 */
export class Outbox {
  readonly #context: WorldContext;
  readonly #faults: Faults;
  readonly #urlOf: (workspaceId: string) => string;

  constructor(context: WorldContext, faults: Faults, urlOf: (workspaceId: string) => string) {
    this.#context = context;
    this.#faults = faults;
    this.#urlOf = urlOf;
  }

  /** The next deliveries in the order to send them: none, one, or two when a fault makes a pair. */
  next(workspaceId: string, memory: OutboxMemory): Delivery[] {
    const { ledger, deliveries } = this.#context.store;
    const { held } = memory;
    const from = Math.max(held?.row.seq ?? deliveries.handedOver(workspaceId), memory.searchedTo);
    const { webhookBatch } = this.#context.settings;
    const [first, ...others] = ledger.billedAfter(workspaceId, from, webhookBatch);
    if (!first) {
      memory.searchedTo = ledger.lastSeq();
      return [];
    }
    if (held) {
      memory.held = null;
      deliveries.setHandedOver(workspaceId, first.seq);
      if (held.flaw.batch) return [this.#insert([held.row, first], held.flaw)];
      return [this.#insert([first], {}), this.#insert([held.row], held.flaw)];
    }
    const flaw = this.#flawOf(first, memory);
    if (flaw?.out_of_order || flaw?.batch) {
      memory.held = { row: first, flaw };
      return this.next(workspaceId, memory);
    }
    if (flaw) {
      deliveries.setHandedOver(workspaceId, first.seq);
      const copies = flaw.duplicate ? 2 : 1;
      return Array.from({ length: copies }, (_, copy) => this.#insert([first], flaw, copy));
    }
    const flawed = others.findIndex((row) => this.#flawOf(row, memory) !== null);
    const clean = flawed < 0 ? others : others.slice(0, flawed);
    deliveries.setHandedOver(workspaceId, clean.at(-1)?.seq ?? first.seq);
    return [this.#insert([first, ...clean], {})];
  }

  #flawOf(row: LedgerRow, memory: OutboxMemory): WebhookFault | null {
    if (memory.asked?.seq !== row.seq) {
      memory.asked = { seq: row.seq, flaw: this.#faults.matchEvent(eventSubject(row)) };
    }
    return memory.asked.flaw;
  }

  #insert(rows: readonly [LedgerRow, ...LedgerRow[]], flaw: WebhookFault, copy = 0): Delivery {
    const { store, clock, settings } = this.#context;
    const now = clock.now();
    const shift = flaw.stale_timestamp ? -STALE_MS : 0;
    const [{ workspaceId, eventId }] = rows;
    const delivery: Omit<Delivery, "seq"> = {
      id: this.#idFor(eventId, copy),
      workspaceId,
      url: this.#urlOf(workspaceId),
      body: webhookBody(rows.map((row) => billingEvent(row, settings.webhookFields, shift))),
      flaws: Object.keys(flaw).length === 0 ? null : JSON.stringify(flaw),
      state: "pending",
      reason: null,
      createdAt: now,
      startedAt: null,
      dueAt: now + (flaw.delay_ms ?? 0),
      attempts: 0,
    };
    const seq = store.deliveries.insert(
      delivery,
      rows.map((row) => row.seq),
    );
    return { ...delivery, seq };
  }

  /** From the event and not from the world's sequence of ids, which must not depend on when deliveries happen. */
  #idFor(eventId: string, copy: number): string {
    return createRandom(`${this.#context.randomSeed} delivery ${eventId} ${copy}`).uuid();
  }
}
