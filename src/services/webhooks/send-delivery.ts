import { nextStep, signingSecrets, type Webhook } from "../../domain/billing-webhook.js";
import type { Delivery } from "../../store/deliveries.js";
import type { WorldContext } from "../world-context.js";
import { attemptPost } from "./attempt.js";
import { signatureHeader } from "./signature.js";

/** Signs deliveries with a `bad_signature` fault. */
const WRONG_SECRET = "not the secret";

/**
 * Makes one attempt at a pending delivery and stores its result in one transaction (W-5, W-6).
 * @param webhook its current secrets sign
 * @param stop aborted when the world closes; nothing is stored then
 * @returns when to retry, or null
 */
export async function sendDelivery(
  context: WorldContext,
  delivery: Delivery,
  webhook: Webhook | undefined,
  stop: AbortSignal,
): Promise<number | null> {
  const { store, clock } = context;
  const { seq, url, body } = delivery;
  const at = clock.now();
  const result = await attemptPost(context, url, headersOf(delivery, webhook, at), body, stop);
  if (stop.aborted) return null;
  const now = clock.now();
  const attempts = delivery.attempts + 1;
  const startedAt = delivery.startedAt ?? at;
  const next = nextStep(result.outcome, attempts, startedAt, now);
  store.transaction(() => {
    const { status, error, answer } = result;
    store.deliveries.addAttempt(seq, { at, durationMs: now - at, status, error, answer });
    store.deliveries.update({
      seq,
      state: next.kind === "retry" ? "pending" : next.kind,
      reason: next.kind === "dead" ? next.reason : null,
      startedAt,
      dueAt: next.kind === "retry" ? next.at : now,
      attempts,
    });
  });
  return next.kind === "retry" ? next.at : null;
}

/** Signs with the current secrets, also on a retry (W-4). */
function headersOf(delivery: Delivery, webhook: Webhook | undefined, now: number): Record<string, string> {
  const secrets = delivery.fault?.bad_signature
    ? [WRONG_SECRET]
    : webhook
      ? signingSecrets(webhook, now)
      : [];
  return {
    "Content-Type": "application/json",
    "X-Baseten-Signature": signatureHeader(delivery.body, secrets),
    "X-Baseten-Request-ID": delivery.id,
  };
}
