import { type AsyncRequest, afterWebhook } from "../../domain/async/request.js";
import { signingSecrets } from "../../domain/billing-webhook.js";
import { attemptPost } from "../webhooks/attempt.js";
import { signatureHeader } from "../webhooks/signature.js";
import type { WorldContext } from "../world-context.js";

/** Delivers the results of async requests to their webhooks (I-5.5a to I-5.5e). */
export class ResultWebhooks {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /**
   * Delivers a result, or continues a delivery.
   * @param stop aborted when the world closes; nothing more is sent or written then
   */
  deliver(request: AsyncRequest, stop: AbortSignal): void {
    const { clock } = this.#context;
    const send = (): void => clock.waitForExternal(this.#attempt(request, stop));
    if (request.dueAt <= clock.now()) send();
    else clock.schedule(request.dueAt, `async webhook ${request.id}`, send);
  }

  async #attempt(request: AsyncRequest, stop: AbortSignal): Promise<void> {
    const { webhookEndpoint: url, result } = request;
    if (url === null || result === null) return;
    const { clock, store } = this.#context;
    const { outcome } = await attemptPost(clock, url, this.#headers(request, result), result, stop);
    if (stop.aborted) return;
    const next = afterWebhook(request, outcome, clock.now());
    store.asyncRequests.update(next);
    if (next.webhookStatus === "PENDING") this.deliver(next, stop);
  }

  /** Signs with the current secrets (I-5.5b). Without secrets there is no signature. */
  #headers({ id, workspaceId }: AsyncRequest, result: string): Record<string, string> {
    const { clock, store } = this.#context;
    const secrets = signingSecrets(
      { url: "", secrets: store.asyncRequests.secrets(workspaceId) },
      clock.now(),
    );
    return {
      "Content-Type": "application/json",
      "X-BASETEN-REQUEST-ID": id,
      ...(secrets.length === 0 ? {} : { "X-BASETEN-SIGNATURE": signatureHeader(result, secrets) }),
    };
  }
}
