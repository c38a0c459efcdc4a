import type { BillingEvent } from "../domain/billing-webhook.js";
import { isoTime } from "../domain/iso-time.js";
import type { Difference, EventFilter, RecordedEvent } from "../services/billing.js";
import type { ControlApi } from "./control-api.js";
import { checkFields, type Fields } from "./known-fields.js";

/** What was billed, from a test. */
export interface BillingApi {
  /** Billed requests in order of completion, sent or not; every given field has to fit. */
  events(filter?: EventFilter): Promise<readonly RecordedEvent[]>;
  /** Where answers, ledger, limits and deliveries do not agree; empty when all is well. */
  reconcile(): Promise<readonly Difference[]>;
}

type EventJson = BillingEvent & Pick<RecordedEvent, "state" | "seq">;

/** The fields of a filter for billing events. */
export const EVENT_FILTER: Fields<EventFilter> = {
  group: true,
  key: true,
  slug: true,
  since: true,
  until: true,
};

/** `billing` of a world. @throws ControlError from every member */
export function billingApi(control: ControlApi): BillingApi {
  return {
    async events(filter = {}) {
      checkFields("billing.events", filter, EVENT_FILTER);
      const { since, until, ...same } = filter;
      const times = { since: isoOf(since), until: isoOf(until) };
      const events = await control.list<EventJson>("billing/events", { ...same, ...times });
      return events.map(({ state, seq, ...event }) => ({ seq, event, state }));
    },
    async reconcile() {
      return (await control.get<{ differences: readonly Difference[] }>("billing/reconcile")).differences;
    },
  };
}

function isoOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : isoTime(at);
}
