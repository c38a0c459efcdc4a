import { billingEvent, webhookBody } from "../../domain/billing-webhook.js";
import type { MatchSubject } from "../../domain/completion/subject.js";
import type { WebhookFault } from "../../domain/faults.js";
import { DAY_MS } from "../../domain/limits/time.js";
import { createRandom } from "../../runtime/random.js";
import type { Delivery } from "../../store/deliveries.js";
import type { LedgerRow } from "../../store/ledger.js";
import type { Faults } from "../faults.js";
import type { WorldContext } from "../world-context.js";

/** Age of a stale timestamp, milliseconds. */
const STALE_MS = DAY_MS;

/** The state of one workspace's outbox between two reads of the ledger. */
export interface OutboxState {
  /** An event that a fault holds until the next one. */
  held: { readonly row: LedgerRow; readonly fault: WebhookFault } | null;
  /** The last event that was matched with faults, so that each event is matched once. */
  lastMatch: { readonly seq: number; readonly fault: WebhookFault | null } | null;
  /** The last searched ledger row, so that other workspaces' rows are searched once. */
  searchedTo: number;
}

export function emptyOutbox(): OutboxState {
  return { held: null, lastMatch: null, searchedTo: 0 };
}

/**
 * Makes deliveries from the ledger's billing events, in order of completion (W-10), and applies webhook faults. Runs in
 * the caller's transaction.
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

  /** The next deliveries, in the order to send them: none, one, or two when a fault makes a pair. */
  next(workspaceId: string, state: OutboxState): Delivery[] {
    const { ledger, deliveries } = this.#context.store;
    const { held } = state;
    const from = Math.max(held?.row.seq ?? deliveries.handedOver(workspaceId), state.searchedTo);
    const { webhookBatch } = this.#context.settings;
    const [first, ...rest] = ledger.billedAfter(workspaceId, from, webhookBatch);
    if (!first) {
      state.searchedTo = ledger.lastSeq();
      return [];
    }
    if (held) {
      state.held = null;
      deliveries.setHandedOver(workspaceId, first.seq);
      if (held.fault.batch) return [this.#insert([held.row, first], held.fault)];
      return [this.#insert([first], {}), this.#insert([held.row], held.fault)];
    }
    const fault = this.#faultOf(first, state);
    if (fault?.out_of_order || fault?.batch) {
      state.held = { row: first, fault };
      return this.next(workspaceId, state);
    }
    if (fault) {
      deliveries.setHandedOver(workspaceId, first.seq);
      const copies = fault.duplicate ? 2 : 1;
      return Array.from({ length: copies }, (_, copy) => this.#insert([first], fault, copy));
    }
    const faulty = rest.findIndex((row) => this.#faultOf(row, state) !== null);
    const batch = faulty < 0 ? rest : rest.slice(0, faulty);
    deliveries.setHandedOver(workspaceId, batch.at(-1)?.seq ?? first.seq);
    return [this.#insert([first, ...batch], {})];
  }

  #faultOf(row: LedgerRow, state: OutboxState): WebhookFault | null {
    if (state.lastMatch?.seq !== row.seq) {
      state.lastMatch = { seq: row.seq, fault: this.#faults.matchEvent(eventSubject(row)) };
    }
    return state.lastMatch.fault;
  }

  #insert(rows: readonly [LedgerRow, ...LedgerRow[]], fault: WebhookFault, copy = 0): Delivery {
    const { store, clock, settings } = this.#context;
    const now = clock.now();
    const shift = fault.stale_timestamp ? -STALE_MS : 0;
    const [{ workspaceId, eventId }] = rows;
    const delivery: Omit<Delivery, "seq"> = {
      id: this.#idFor(eventId, copy),
      workspaceId,
      url: this.#urlOf(workspaceId),
      body: webhookBody(rows.map((row) => billingEvent(row, settings.webhookFields, shift))),
      fault: Object.keys(fault).length === 0 ? null : fault,
      state: "pending",
      reason: null,
      createdAt: now,
      startedAt: null,
      dueAt: now + (fault.delay_ms ?? 0),
      attempts: 0,
    };
    const seq = store.deliveries.insert(
      delivery,
      rows.map((row) => row.seq),
    );
    return { ...delivery, seq };
  }

  /** Derived from the event, so that the world's sequence of ids does not depend on the times of deliveries. */
  #idFor(eventId: string, copy: number): string {
    return createRandom(`${this.#context.randomSeed} delivery ${eventId} ${copy}`).uuid();
  }
}

/** What a fault can match in a billing event: model, group, key and metadata. */
function eventSubject(entry: LedgerRow): MatchSubject {
  return {
    model: entry.slug,
    group: [entry.externalEntityId, entry.groupId],
    key: [entry.keyPrefix],
    lastMessage: "",
    system: "",
    turn: 0,
    hasToolResult: false,
    toolsCalled: [],
    responseFormat: "",
    stream: false,
    metadata: entry.metadata ?? {},
    header: () => undefined,
  };
}
