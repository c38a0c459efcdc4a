import type { BillingEvent } from "../domain/billing-webhook.js";
import type { Difference, RecordedEvent } from "../services/billing.js";
import type { Attempt, DeliveryFilter, DeliveryState } from "../services/webhooks/webhooks.js";
import { methodsWithCallerStack } from "./faces-at-caller.js";
import {
  type BillingApi,
  checkDeliveryFilter,
  checkEventFilter,
  type WebhookDelivery,
  type WebhooksApi,
} from "./faces-billing.js";
import type { ControlClient } from "./remote-control-client.js";

/** A delivery as the control plane answers it. */
interface DeliveryJson {
  readonly id: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly url: string;
  readonly created_at: string;
  readonly next_attempt_at: string | null;
  readonly attempts: readonly {
    readonly number: number;
    readonly at: string;
    readonly duration_ms: number;
    readonly status: number | null;
    readonly error: string | null;
    readonly answer: string | null;
  }[];
  readonly body: { readonly data: { readonly events: readonly BillingEvent[] } };
}

type EventJson = BillingEvent & Pick<RecordedEvent, "state" | "seq">;

/** Deliveries of a world elsewhere. @throws ControlError from every member */
export function webhooksAt(client: ControlClient): WebhooksApi {
  const list = async (filter: DeliveryFilter) =>
    (await client.list<DeliveryJson>("webhooks/deliveries", { ...filter })).map(deliveryOf);
  return methodsWithCallerStack<WebhooksApi>({
    deliveries(filter = {}) {
      checkDeliveryFilter(filter);
      return list(filter);
    },
    deadLetters: () => list({ state: "dead" }),
    redrive: async (id) =>
      deliveryOf(await client.post(`webhooks/dead-letters/${encodeURIComponent(id)}/redrive`)),
    async redriveAll() {
      return (await client.post<{ redriven: number }>("webhooks/dead-letters/redrive")).redriven;
    },
    async pause() {
      await client.post("webhooks/pause");
    },
    async resume() {
      await client.post("webhooks/resume");
    },
    async rotate(secret, workspace) {
      await client.post("webhooks/rotate", { secret, workspace });
    },
    async idle() {
      await client.post("webhooks/idle");
    },
  });
}

/** The books of a world elsewhere. @throws ControlError from every member */
export function billingAt(client: ControlClient): BillingApi {
  return methodsWithCallerStack<BillingApi>({
    async events(wanted = {}) {
      checkEventFilter(wanted);
      const { since, until, ...filter } = wanted;
      const times = { since: isoOf(since), until: isoOf(until) };
      const events = await client.list<EventJson>("billing/events", { ...filter, ...times });
      return events.map(({ state, seq, ...event }) => ({ seq, event, state }));
    },
    async reconcile() {
      return (await client.get<{ differences: readonly Difference[] }>("billing/reconcile")).differences;
    },
  });
}

function deliveryOf({ created_at, next_attempt_at, attempts, body, ...same }: DeliveryJson): WebhookDelivery {
  return {
    ...same,
    createdAt: Date.parse(created_at),
    nextAttemptAt: next_attempt_at === null ? null : Date.parse(next_attempt_at),
    attempts: attempts.map(
      ({ duration_ms, at, ...rest }): Attempt => ({ ...rest, at: Date.parse(at), durationMs: duration_ms }),
    ),
    events: body.data.events,
  };
}

function isoOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
