import type { Usage } from "../domain/chat.js";
import { promptTokens } from "../domain/completion/tokens.js";
import { answersItself } from "../domain/faults.js";
import type { LedgerEntry } from "../domain/journal.js";
import { chargeTokens } from "../domain/limits/admission.js";
import { ulid } from "../domain/ulid.js";
import type { Account, AdmittedChat, AnsweredChat } from "./chat-types.js";
import type { WorldContext } from "./world-context.js";

const NO_USAGE: Usage = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };

/**
 * Records the usage of admitted requests: in the counters at once, in the ledger together with the journal entry
 * (L-4, W-8). Each request is recorded exactly once.
 */
export class ChatRecords {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /**
   * Records an answer, or its part that was sent.
   * @param completion completion tokens sent to the client
   * @param billed false: nothing was sent (W-7)
   */
  answer(answered: AnsweredChat, completion: number, billed: boolean): void {
    const { inProgress } = answered;
    const usage: Usage = { ...answered.reply.usage, completion };
    inProgress.promptTokens = usage.prompt;
    inProgress.completionTokens = completion;
    this.#record(answered, usage, billed);
  }

  /** Records a failure before any output: one REQUEST, not billed (L-4, W-7). */
  failure(admitted: AdmittedChat): void {
    this.#record(admitted, NO_USAGE, false);
  }

  /**
   * Records a client that disconnected before the first byte: one REQUEST and the prompt (Y-20), or no tokens when a
   * fault replaces the answer.
   */
  disconnect(admitted: AdmittedChat): void {
    const { inProgress, request, fault, rule, overrides } = admitted;
    if (request === null || (fault && answersItself(fault))) {
      this.failure(admitted);
      return;
    }
    const prompt =
      overrides.usage?.prompt ??
      rule?.usage?.prompt_tokens ??
      promptTokens(request.messages, request.tools, this.#context.tokenizer);
    inProgress.promptTokens = prompt;
    inProgress.completionTokens = 0;
    this.#record(admitted, { ...NO_USAGE, prompt, cached: rule?.usage?.cached_tokens ?? 0 }, false);
  }

  #record(admitted: AdmittedChat, usage: Usage, billed: boolean): void {
    const { account, inProgress } = admitted;
    if (!account) return;
    const { plan } = account.grant;
    chargeTokens(plan.counters, inProgress.at, account.reserved, usage.prompt + usage.completion);
    inProgress.ledgerEntry = this.#ledgerEntry(admitted, account, usage, billed);
  }

  #ledgerEntry(admitted: AdmittedChat, account: Account, usage: Usage, billed: boolean): LedgerEntry {
    const { key, grant } = account;
    const { inProgress, request, requestId } = admitted;
    const now = this.#context.clock.now();
    return {
      eventId: ulid(now, () => this.#context.random.uint32()),
      workspaceId: key.workspaceId,
      journalSeq: inProgress.seq,
      requestId,
      groupId: key.groupId,
      externalEntityId: grant.chain[0].externalEntityId,
      keyPrefix: key.prefix,
      slug: grant.slug,
      admittedAt: inProgress.at,
      completedAt: now,
      promptTokens: usage.prompt,
      completionTokens: usage.completion,
      cachedTokens: usage.cached,
      billed,
      metadata: request?.metadata ?? null,
      countedGroupIds: grant.countedGroupIds,
    };
  }
}
