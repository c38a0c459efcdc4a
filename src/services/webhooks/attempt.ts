import { ATTEMPT_TIMEOUT_MS, type AttemptOutcome } from "../../domain/billing-webhook.js";
import { post } from "../outgoing/post.js";
import type { WorldContext } from "../world-context.js";

/** How much is read of a receiver's answer, bytes (Y-76). */
const MAX_ANSWER_BYTES = 64 * 1024;
/** How much of it is kept. */
const KEPT_CHARS = 500;
/** Enough bytes for as many characters. */
const KEPT_BYTES = 4 * KEPT_CHARS;

interface AttemptResult {
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
}

/**
 * Sends one POST to a webhook. The timeout of 10 s (W-5) is on the world's clock, so an advance of the clock can end it.
 * @param stop aborted when the world closes
 */
export async function attemptPost(
  { clock, addressGuard }: Pick<WorldContext, "clock" | "addressGuard">,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  stop: AbortSignal,
): Promise<AttemptResult> {
  const timeout = new AbortController();
  const cancel = clock.schedule(clock.now() + ATTEMPT_TIMEOUT_MS, "webhook attempt times out", () =>
    timeout.abort(),
  );
  try {
    const signal = AbortSignal.any([timeout.signal, stop]);
    const answer = await post(url, {
      headers,
      body,
      signal,
      maxBytes: MAX_ANSWER_BYTES,
      guard: addressGuard,
    });
    return {
      outcome: { kind: "answered", status: answer.status },
      status: answer.status,
      error: null,
      answer: answer.body.subarray(0, KEPT_BYTES).toString().slice(0, KEPT_CHARS),
    };
  } catch (cause) {
    if (timeout.signal.aborted) {
      return { outcome: { kind: "timeout" }, status: null, error: "no answer within 10 s", answer: null };
    }
    const error = cause instanceof Error ? cause.message || cause.name : String(cause);
    return { outcome: { kind: "network" }, status: null, error, answer: null };
  } finally {
    cancel();
  }
}
