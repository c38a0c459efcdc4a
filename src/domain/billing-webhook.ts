import { isoTime } from "./iso-time.js";
import type { LedgerEntry } from "./journal.js";
import { DAY_MS } from "./limits/time.js";

/** One billed request, as the webhook receives it (W-2). Keys are in wire order. */
export interface BillingEvent {
  readonly idempotencyKey: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly timestamp: string;
  readonly requestId: string;
  readonly requestMetadata: Readonly<Record<string, unknown>> | null;
  readonly modelSlug: string;
  readonly externalEntityId: string;
  /** Only with `webhook_fields: both` (W-3). */
  readonly externalCustomerId?: string;
  readonly apiKeyPrefix: string;
  readonly tokens: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cachedInputTokens: number;
  };
}

/** `both` adds the older name of the external id (W-3). */
export type WebhookFields = "new" | "both";

/**
 * The event of a ledger entry (W-2).
 * @param shiftMs moves the timestamp, to test receivers that check its age
 */
export function billingEvent(
  entry: Omit<LedgerEntry, "countedGroupIds">,
  fields: WebhookFields,
  shiftMs = 0,
): BillingEvent {
  return {
    idempotencyKey: entry.eventId,
    timestamp: isoTime(entry.completedAt + shiftMs),
    requestId: entry.requestId,
    requestMetadata: entry.metadata,
    modelSlug: entry.slug,
    externalEntityId: entry.externalEntityId,
    ...(fields === "both" ? { externalCustomerId: entry.externalEntityId } : {}),
    apiKeyPrefix: entry.keyPrefix,
    tokens: {
      inputTokens: entry.promptTokens,
      outputTokens: entry.completionTokens,
      cachedInputTokens: entry.cachedTokens,
    },
  };
}

/** The body of a delivery (W-2). */
export function webhookBody(events: readonly BillingEvent[]): string {
  return JSON.stringify({ type: "API_BILLING_USAGE", data: { events } });
}

/** How one attempt ended. */
export type AttemptOutcome =
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "timeout" }
  | { readonly kind: "network" };

/** Longest attempt, milliseconds (W-5). */
export const ATTEMPT_TIMEOUT_MS = 10_000;
/** No attempt starts later than this after the first one, milliseconds (W-5). */
const DELIVERY_BUDGET_MS = 15_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 5_000;

/** What happens to a delivery after an attempt (W-5, W-6). */
type NextStep =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly at: number }
  | { readonly kind: "dead"; readonly reason: string };

/**
 * Decides what happens to a delivery after an attempt (W-5, W-6).
 * @param attempts number of attempts so far, including this one
 * @param startedAt when the first one began
 * @param now when this one ended
 */
export function nextStep(
  outcome: AttemptOutcome,
  attempts: number,
  startedAt: number,
  now: number,
): NextStep {
  if (outcome.kind === "answered") {
    if (outcome.status >= 200 && outcome.status < 300) return { kind: "delivered" };
    if (outcome.status >= 400 && outcome.status < 500) {
      return { kind: "dead", reason: `the receiver answered ${outcome.status}, which ends a delivery` };
    }
  }
  const at = now + Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), LONGEST_BACKOFF_MS);
  if (at - startedAt > DELIVERY_BUDGET_MS) {
    return {
      kind: "dead",
      reason: `no attempt succeeded, and the next would begin more than ${DELIVERY_BUDGET_MS / 1000} s after the first`,
    };
  }
  return { kind: "retry", at };
}

/** A workspace's webhook. */
export interface Webhook {
  readonly url: string;
  /** Newest first. An older one signs until `until` (W-4). */
  readonly secrets: readonly { readonly secret: string; readonly until: number | null }[];
}

/** How long an old secret still signs after a rotation, milliseconds (W-4). */
export const ROTATION_MS = DAY_MS;

/** The secrets after a rotation at `now`: the new one, and the old ones for {@link ROTATION_MS} more (W-4). */
export function rotatedSecrets({ secrets }: Webhook, secret: string, now: number): Webhook["secrets"] {
  const old = secrets
    .map((known) => ({ ...known, until: known.until ?? now + ROTATION_MS }))
    .filter(({ until }) => until > now);
  return [{ secret, until: null }, ...old];
}

/** The secrets that sign at `now`, newest first (W-4). */
export function signingSecrets(webhook: Webhook, now: number): string[] {
  return webhook.secrets.filter(({ until }) => until === null || now < until).map(({ secret }) => secret);
}
