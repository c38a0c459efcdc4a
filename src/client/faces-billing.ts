import type { BillingEvent } from "../domain/billing-webhook.js";
import type { Billing, Difference, EventFilter, RecordedEvent } from "../services/billing.js";
import type {
  Attempt,
  Delivery,
  DeliveryFilter,
  DeliveryState,
  Webhooks,
} from "../services/webhooks/webhooks.js";
import { checkFields, type Fields } from "./faces-known-fields.js";

/** One POST of billing events to a webhook, with all its attempts. Times are epoch milliseconds on the world's clock. */
export interface WebhookDelivery {
  /** UUID: `X-Baseten-Request-ID`, the same on every attempt (W-4). */
  readonly id: string;
  readonly state: DeliveryState;
  /** Why it is dead. */
  readonly reason: string | null;
  readonly url: string;
  readonly createdAt: number;
  /** null unless it is pending. */
  readonly nextAttemptAt: number | null;
  readonly attempts: readonly Attempt[];
  /** What its body carries (W-2). */
  readonly events: readonly BillingEvent[];
}

/** Deliveries of billing events, from a test. */
export interface WebhooksApi {
  /** Oldest first; every given field has to fit. */
  deliveries(filter?: DeliveryFilter): Promise<readonly WebhookDelivery[]>;
  /** Those that ended without success: nothing sends them again but a redrive (W-5). */
  deadLetters(): Promise<readonly WebhookDelivery[]>;
  /**
   * Sends a dead letter again, with the same ids. Answers it after its first new attempt.
   * @throws GatewayError for an id that is none, or not of a dead letter
   */
  redrive(id: string): Promise<WebhookDelivery>;
  /** Sends every dead letter again. Answers how many there are. */
  redriveAll(): Promise<number>;
  /** Nothing is sent until {@link resume}; events wait. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * A new signing secret; the old one signs beside it for 24 hours (W-4).
   * @param workspace may be left out when only one has a webhook
   */
  rotate(secret: string, workspace?: string): Promise<void>;
  /**
   * Waits, in real time, until nothing is being sent and nothing will be: while the clock is frozen, retries that
   * are due later do not count, since only an advance brings them about.
   */
  idle(): Promise<void>;
}

/** What was billed, from a test. */
export interface BillingApi {
  /** Billed requests in order of completion, sent or not; every given field has to fit. */
  events(filter?: EventFilter): Promise<readonly RecordedEvent[]>;
  /** Where answers, ledger, limits and deliveries do not agree; empty when all is well. */
  reconcile(): Promise<readonly Difference[]>;
}

const DELIVERIES: Fields<DeliveryFilter> = { state: true, event: true };
/** What events can be told apart by. */
export const EVENT_FILTER: Fields<EventFilter> = {
  group: true,
  key: true,
  slug: true,
  since: true,
  until: true,
};

/** @throws TypeError for a field that there is not */
export function checkDeliveryFilter(filter: DeliveryFilter): void {
  checkFields("webhooks.deliveries", filter, DELIVERIES);
}

/** @throws TypeError for a field that there is not */
export function checkEventFilter(filter: EventFilter): void {
  checkFields("billing.events", filter, EVENT_FILTER);
}

/** Most items that a list answers at once. */
const MOST = 1_000_000;

export function webhooksFace(webhooks: Webhooks): WebhooksApi {
  const view = (delivery: Delivery): WebhookDelivery => viewOf(delivery, webhooks.attempts(delivery));
  const list = (filter: DeliveryFilter) => webhooks.list(filter, 0, MOST).map(view);
  return {
    async deliveries(filter = {}) {
      checkDeliveryFilter(filter);
      return list(filter);
    },
    deadLetters: async () => list({ state: "dead" }),
    redrive: async (id) => view(await webhooks.redrive(id)),
    redriveAll: async () => webhooks.redriveAll(),
    pause: async () => webhooks.pause(),
    resume: async () => webhooks.unpause(),
    rotate: async (secret, workspace) => webhooks.rotate(workspace ?? null, secret),
    idle: () => webhooks.idle(),
  };
}

export function billingFace(billing: Billing): BillingApi {
  return {
    async events(filter = {}) {
      checkEventFilter(filter);
      return billing.events(filter, 0, MOST);
    },
    reconcile: async () => billing.reconcile(),
  };
}

function viewOf(delivery: Delivery, attempts: readonly Attempt[]): WebhookDelivery {
  const { id, state, reason, url, createdAt, dueAt } = delivery;
  // Written by this emulator, from events of its ledger.
  const body: { data: { events: BillingEvent[] } } = JSON.parse(delivery.body);
  return {
    id,
    state,
    reason,
    url,
    createdAt,
    nextAttemptAt: state === "pending" ? dueAt : null,
    attempts,
    events: body.data.events,
  };
}
