import { nextStep, signingSecrets, type Webhook } from "../../domain/billing-webhook.js";
import type { WebhookFault } from "../../domain/faults.js";
import type { Delivery } from "../../store/deliveries.js";
import type { WorldContext } from "../world-context.js";
import { attemptPost } from "./attempt.js";
import { signatureHeader } from "./signature.js";

/** Signs what a fault wants signed wrongly. */
const WRONG_SECRET = "not the secret";

/**
 * One attempt at a pending delivery, written down in one transaction with what follows from it (W-5, W-6).
 * @param webhook whose secrets sign, as of now
 * @param stop aborted when the world goes away: then nothing is written
 * @returns when to try again, or null
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
  const result = await attemptPost(clock, url, headersOf(delivery, webhook, at), body, stop);
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

/** W-4. The signature is of now: a rotation between two attempts shows. */
function headersOf(delivery: Delivery, webhook: Webhook | undefined, now: number): Record<string, string> {
  const flaw: WebhookFault = delivery.flaws === null ? {} : JSON.parse(delivery.flaws);
  const secrets = flaw.bad_signature ? [WRONG_SECRET] : webhook ? signingSecrets(webhook, now) : [];
  return {
    "Content-Type": "application/json",
    "X-Baseten-Signature": signatureHeader(delivery.body, secrets),
    "X-Baseten-Request-ID": delivery.id,
  };
}
