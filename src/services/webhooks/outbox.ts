import { billingEvent, webhookBody } from "../../domain/billing.js";
import type { WebhookFlaw } from "../../domain/faults.js";
import type { Delivery } from "../../store/deliveries.js";
import type { LedgerRow } from "../../store/ledger.js";
import type { Faults } from "../faults.js";
import type { Kernel } from "../kernel.js";
import { eventSubject } from "./event-subject.js";

/** How far a stale timestamp lies back. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** An event of one workspace that a fault holds back until the next one is there. */
export interface HeldBack {
  event: { readonly row: LedgerRow; readonly flaw: WebhookFlaw } | null;
}

/**
 * Makes billing events of the ledger into deliveries, in order of completion (W-10), and misbehaves where a
 * fault asks for it. Runs in the caller's transaction.
 */
export class Outbox {
  readonly #kernel: Kernel;
  readonly #faults: Faults;
  readonly #urlOf: (workspaceId: string) => string;

  constructor(kernel: Kernel, faults: Faults, urlOf: (workspaceId: string) => string) {
    this.#kernel = kernel;
    this.#faults = faults;
    this.#urlOf = urlOf;
  }

  /** The next deliveries: one, or two when a fault makes a pair. */
  next(workspaceId: string, held: HeldBack): Delivery[] {
    const { ledger, deliveries } = this.#kernel.store;
    const { webhookBatch } = this.#kernel.settings;
    const from = deliveries.handedOver(workspaceId);
    const skip = held.event ? 1 : 0;
    const rows = ledger.billedAfter(workspaceId, from, webhookBatch + skip).slice(skip);
    const [first] = rows;
    if (!first) return [];
    if (held.event) {
      const { row, flaw } = held.event;
      held.event = null;
      deliveries.setHandedOver(workspaceId, first.seq);
      if (flaw.batch) return [this.#insert(workspaceId, [row, first], flaw)];
      return [this.#insert(workspaceId, [first], {}), this.#insert(workspaceId, [row], flaw)];
    }
    const flaw = this.#faults.meetEvent(eventSubject(first));
    if (flaw?.out_of_order || flaw?.batch) {
      held.event = { row: first, flaw };
      return this.next(workspaceId, held);
    }
    const last = flaw ? first : (rows.at(-1) ?? first);
    deliveries.setHandedOver(workspaceId, last.seq);
    const made = [this.#insert(workspaceId, flaw ? [first] : rows, flaw ?? {})];
    if (flaw?.duplicate) made.push(this.#insert(workspaceId, [first], flaw));
    return made;
  }

  #insert(workspaceId: string, rows: readonly LedgerRow[], flaw: WebhookFlaw): Delivery {
    const { store, clock, random, settings } = this.#kernel;
    const now = clock.now();
    const shift = flaw.stale_timestamp ? -STALE_MS : 0;
    const delivery: Omit<Delivery, "seq"> = {
      id: random.uuid(),
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
}
