import type { Credential } from "../domain/access.js";
import type { ChatRequest, Reply, Usage } from "../domain/chat.js";
import { buildReply } from "../domain/completion/reply.js";
import { lastMessageText, type RuleReply } from "../domain/completion/rules.js";
import { promptTokens } from "../domain/completion/tokens.js";
import { GatewayError } from "../domain/errors.js";
import type { LedgerEntry } from "../domain/journal.js";
import { type Admission, admit, type LimitPlan, settle } from "../domain/limits/admission.js";
import { rateLimitHeaders } from "../domain/limits/headers.js";
import type { Meter } from "../domain/limits/meter.js";
import type { FederatedKey } from "../domain/model.js";
import type { Access, Caller } from "./access.js";
import type { Completions } from "./completions.js";
import { decisionRecord, refusalHint } from "./decisions.js";
import type { Exchange, Journal } from "./journal.js";
import type { Kernel } from "./kernel.js";
import type { Grant, Limits } from "./limits.js";
import type { Route, Routing } from "./routing.js";

/** A chat body as the HTTP layer read it: valid, or what the model server would say about it. */
export type ParsedChat =
  | { readonly ok: true; readonly request: ChatRequest }
  | { readonly ok: false; readonly message: string };

/** What a test may ask of one answer by header. */
export interface ChatWishes {
  /** The exact charge of this answer. */
  readonly usage?: { readonly prompt: number; readonly completion: number } | undefined;
}

/** An admitted request with its answer, on the way to the client. */
export interface ChatTurn {
  readonly exchange: Exchange;
  readonly request: ChatRequest;
  readonly reply: Reply;
  /** UUID; `requestId` of the billing event (W-2). */
  readonly requestId: string;
  readonly modelId: string;
  /** Null for a workspace key: neither limited nor billed. */
  readonly account: Account | null;
  /** L-13; empty unless the world asks for them. */
  readonly limitHeaders: Readonly<Record<string, string>>;
}

interface Account {
  readonly key: FederatedKey;
  readonly grant: Grant;
  readonly reserved: number;
}

const NO_DEMAND = { promptTokens: 0, maxTokens: 0 };
const UNFED: readonly Meter[] = [];
const NO_HEADERS: Readonly<Record<string, string>> = {};

/** `POST /v1/chat/completions`, from key to ledger. The order of checks is X-7. */
export class Chat {
  readonly #kernel: Kernel;
  readonly #access: Access;
  readonly #limits: Limits;
  readonly #routing: Routing;
  readonly #completions: Completions;
  readonly #journal: Journal;

  constructor(
    kernel: Kernel,
    parts: { access: Access; limits: Limits; routing: Routing; completions: Completions; journal: Journal },
  ) {
    this.#kernel = kernel;
    this.#access = parts.access;
    this.#limits = parts.limits;
    this.#routing = parts.routing;
    this.#completions = parts.completions;
    this.#journal = parts.journal;
  }

  /**
   * Key, slug, limits, values, in this order; then the answer. Synchronous, so that counting is exact however
   * many arrive together (L-10).
   * @throws GatewayError `missing_key`, `wrong_key`, `bearer_refused`, `unknown_model`, `rate_limited`, `invalid_value`
   */
  open(
    exchange: Exchange,
    credential: Credential,
    model: string,
    parsed: ParsedChat,
    wishes: ChatWishes = {},
  ): ChatTurn {
    const caller = this.#access.inference(credential);
    exchange.keyPrefix = caller.key.prefix;
    exchange.slug = model;
    const { route, grant } = this.#reach(exchange, caller, model);
    const admission = grant ? this.#admit(exchange, grant, parsed) : null;
    const requestId = this.#kernel.random.uuid();
    const modelId = route.targets[0]?.model_id ?? route.endpointId;
    if (!parsed.ok) {
      const served = { acceptedAt: exchange.at, requestId, modelId };
      throw new GatewayError("invalid_value", { message: parsed.message, served });
    }
    const { request } = parsed;
    if (request.unknownFields.length > 0) {
      exchange.notes.push(`ignored unknown fields: ${request.unknownFields.join(", ")}`);
    }
    return {
      exchange,
      request,
      reply: this.#reply(exchange, request, wishes),
      requestId,
      modelId,
      account:
        grant && caller.kind === "federated"
          ? { key: caller.key, grant, reserved: admission?.reserved ?? 0 }
          : null,
      limitHeaders: admission ? this.#limitHeaders(admission, exchange.at) : NO_HEADERS,
    };
  }

  /**
   * Books what was sent, in the counters at once and in the ledger with the journal entry (L-4, W-8).
   * @param completion completion tokens that the client was sent
   * @param done after the commit, or with what went wrong
   */
  close(
    turn: ChatTurn,
    status: number,
    body: string,
    completion: number,
    done: (failure: Error | null) => void,
  ): void {
    const { exchange, reply } = turn;
    exchange.promptTokens = reply.usage.prompt;
    exchange.completionTokens = completion;
    const entry = turn.account ? this.#book(turn, turn.account, { ...reply.usage, completion }) : null;
    this.#journal.finish(exchange, status, body, entry, done);
  }

  /** every way in which a slug cannot be called is one and the same 404. */
  #reach(exchange: Exchange, caller: Caller, model: string): { route: Route; grant: Grant | null } {
    const route = this.#routing.route(model);
    if (caller.kind === "workspace") {
      if (route?.workspaceId === caller.workspace.id) return { route, grant: null };
      throw new GatewayError("unknown_model", {
        hint: `workspace "${caller.workspace.name}" has no endpoint with slug ${model}`,
      });
    }
    const grant = this.#limits.grant(caller.key.groupId, model);
    exchange.groupId = caller.key.groupId;
    if (grant) exchange.externalEntityId = grant.chain[0].externalEntityId;
    if (grant && route?.workspaceId === caller.key.workspaceId) return { route, grant };
    throw new GatewayError("unknown_model", {
      hint: grant
        ? `no endpoint with slug ${model} yet: POST /v1/gateway/endpoints`
        : `slug ${model} is not in the models of group ${caller.key.groupId}`,
    });
  }

  #admit(exchange: Exchange, grant: Grant, parsed: ParsedChat): Extract<Admission, { admitted: true }> {
    const { tokenAdmission } = this.#kernel.settings;
    // A body that is about to be refused is looked at by the limits, but counts nowhere (L-4).
    const plan: LimitPlan = parsed.ok ? grant.plan : { checks: grant.plan.checks, feeds: UNFED };
    const demand =
      parsed.ok && tokenAdmission !== "consumed"
        ? {
            promptTokens: promptTokens(parsed.request.messages, parsed.request.tools),
            maxTokens: parsed.request.maxTokens,
          }
        : NO_DEMAND;
    const admission = admit(plan, exchange.at, demand, tokenAdmission);
    exchange.decision = decisionRecord(grant, admission, tokenAdmission);
    if (admission.admitted) return admission;
    throw new GatewayError("rate_limited", {
      hint: refusalHint(grant, admission, exchange.at),
      headers: this.#limitHeaders(admission, exchange.at),
    });
  }

  #limitHeaders(admission: Admission, now: number): Readonly<Record<string, string>> {
    return this.#kernel.settings.rateLimitHeaders ? rateLimitHeaders(admission, now) : NO_HEADERS;
  }

  #reply(exchange: Exchange, request: ChatRequest, wishes: ChatWishes): Reply {
    const rule = this.#completions.match({
      model: request.model,
      lastMessage: lastMessageText(request.messages),
    });
    if (rule) exchange.notes.push(`answered by rule ${rule.id}`);
    const source: RuleReply | null = wishes.usage
      ? {
          ...rule?.reply,
          usage: {
            ...rule?.reply.usage,
            prompt_tokens: wishes.usage.prompt,
            completion_tokens: wishes.usage.completion,
          },
        }
      : (rule?.reply ?? null);
    const { random } = this.#kernel;
    return buildReply(request, source, { hex32: () => random.hex(32) });
  }

  #book(turn: ChatTurn, account: Account, usage: Usage): LedgerEntry {
    const { key, grant, reserved } = account;
    const { exchange, request } = turn;
    settle(grant.plan.feeds, exchange.at, reserved, usage.prompt + usage.completion);
    return {
      journalSeq: exchange.seq,
      requestId: turn.requestId,
      groupId: key.groupId,
      externalEntityId: grant.chain[0].externalEntityId,
      keyPrefix: key.prefix,
      slug: grant.slug,
      admittedAt: exchange.at,
      completedAt: this.#kernel.clock.now(),
      promptTokens: usage.prompt,
      completionTokens: usage.completion,
      cachedTokens: usage.cached,
      metadata: request.metadata,
      feeds: grant.feeds,
    };
  }
}
