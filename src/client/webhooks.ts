import type { BillingEvent } from "../domain/billing-webhook.js";
import type { Attempt, DeliveryFilter, DeliveryState } from "../services/webhooks/webhooks.js";
import type { ControlApi } from "./control-api.js";
import { checkFields, type Fields } from "./known-fields.js";

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
  /** Deliveries that ended without success. Only a redrive sends them again (W-5). */
  deadLetters(): Promise<readonly WebhookDelivery[]>;
  /**
   * Sends a dead letter again, with the same ids. Returns it after its first new attempt.
   * @throws ControlError for an unknown id, or one that is not of a dead letter
   */
  redrive(id: string): Promise<WebhookDelivery>;
  /** Sends every dead letter again. Returns how many there are. */
  redriveAll(): Promise<number>;
  /** Nothing is sent until {@link resume}; events wait. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Sets a new signing secret; the old one signs beside it for 24 hours (W-4).
   * @param workspace may be left out when only one has a webhook
   */
  rotate(secret: string, workspace?: string): Promise<void>;
  /**
   * Waits, in real time, until nothing is being sent and nothing will be. While the clock is frozen, later retries
   * do not count: only an advance makes them due.
   */
  idle(): Promise<void>;
}

/** A delivery as the control API returns it. */
interface DeliveryJson extends Pick<WebhookDelivery, "id" | "state" | "reason" | "url"> {
  readonly created_at: string;
  readonly next_attempt_at: string | null;
  readonly attempts: readonly AttemptJson[];
  readonly body: { readonly data: Pick<WebhookDelivery, "events"> };
}

type AttemptJson = Omit<Attempt, "at" | "durationMs"> & { readonly at: string; readonly duration_ms: number };

const FILTER: Fields<DeliveryFilter> = { state: true, event: true };

/** `webhooks` of a world. @throws ControlError from every member */
export function webhooksApi(control: ControlApi): WebhooksApi {
  const list = async (filter: DeliveryFilter) =>
    (await control.list<DeliveryJson>("webhooks/deliveries", { ...filter })).map(deliveryOf);
  return {
    deliveries(filter = {}) {
      checkFields("webhooks.deliveries", filter, FILTER);
      return list(filter);
    },
    deadLetters: () => list({ state: "dead" }),
    redrive: async (id) =>
      deliveryOf(await control.post(`webhooks/dead-letters/${encodeURIComponent(id)}/redrive`)),
    async redriveAll() {
      return (await control.post<{ redriven: number }>("webhooks/dead-letters/redrive")).redriven;
    },
    pause: () => control.command("webhooks/pause"),
    resume: () => control.command("webhooks/resume"),
    rotate: (secret, workspace) => control.command("webhooks/rotate", { secret, workspace }),
    idle: () => control.command("webhooks/idle"),
  };
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
