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
 * Records what an admitted request counts and costs: the counters at once, the ledger together with the journal entry
 * (L-4, W-8). Each request is recorded once, whichever way it ends.
 */
export class ChatRecords {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /**
   * An answer, whole or as far as it was sent.
   * @param completion completion tokens that the client was sent
   * @param billed false when the client was sent nothing
   */
  answer(answered: AnsweredChat, completion: number, billed: boolean): void {
    const { inProgress } = answered;
    const usage: Usage = { ...answered.reply.usage, completion };
    inProgress.promptTokens = usage.prompt;
    inProgress.completionTokens = completion;
    this.#record(answered, usage, billed);
  }

  /** A failure before any output counts one REQUEST (L-4, W-7). */
  failure(admitted: AdmittedChat): void {
    this.#record(admitted, NO_USAGE, false);
  }

  /**
   * A client that left before the first byte: one REQUEST and the prompt (Y-20). Nothing of the prompt when a fault
   * answers in the model's place.
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
