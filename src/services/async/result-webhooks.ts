import { type AsyncRequest, afterWebhook } from "../../domain/async/request.js";
import { signingSecrets } from "../../domain/billing-webhook.js";
import { attemptPost } from "../webhooks/attempt.js";
import { signatureHeader } from "../webhooks/signature.js";
import type { WorldContext } from "../world-context.js";

/**
 * Delivers the result of an async request to its webhook, or continues a delivery (I-5.5a to I-5.5e).
 * @param stop aborted when the world closes; nothing more is sent or written then
 */
export function deliverResult(context: WorldContext, request: AsyncRequest, stop: AbortSignal): void {
  context.clock.runAt(request.dueAt, `async webhook ${request.id}`, () =>
    context.clock.waitForExternal(attempt(context, request, stop)),
  );
}

async function attempt(context: WorldContext, request: AsyncRequest, stop: AbortSignal): Promise<void> {
  const { webhookEndpoint: url, result } = request;
  if (url === null || result === null) return;
  const { clock, store } = context;
  const { outcome } = await attemptPost(context, url, headersOf(context, request, result), result, stop);
  if (stop.aborted) return;
  const next = afterWebhook(request, outcome, clock.now());
  store.asyncRequests.update(next);
  if (next.webhookStatus === "PENDING") deliverResult(context, next, stop);
}

/** Signs with the current secrets (I-5.5b). Without secrets there is no signature. */
function headersOf(
  { clock, store }: WorldContext,
  { id, workspaceId }: AsyncRequest,
  result: string,
): Record<string, string> {
  const secrets = signingSecrets({ url: "", secrets: store.asyncRequests.secrets(workspaceId) }, clock.now());
  return {
    "Content-Type": "application/json",
    "X-BASETEN-REQUEST-ID": id,
    ...(secrets.length === 0 ? {} : { "X-BASETEN-SIGNATURE": signatureHeader(result, secrets) }),
  };
}
