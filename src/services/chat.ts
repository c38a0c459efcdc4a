import type { ChatRequest, Usage } from "../domain/chat.js";
import { matchSubject } from "../domain/completion/subject.js";
import { promptTokens } from "../domain/completion/tokens.js";
import { GatewayError } from "../domain/errors.js";
import { answersItself, refuses } from "../domain/faults.js";
import { ECHOED, type LedgerEntry } from "../domain/journal.js";
import { type Admission, check, count, settle } from "../domain/limits/admission.js";
import { rateLimitHeaders } from "../domain/limits/headers.js";
import { checkServed } from "../domain/served-models.js";
import { ulid } from "../domain/ulid.js";
import { type Access, type Caller, mayCall, unreachableHint } from "./access.js";
import type { Completions } from "./completions.js";
import { decisionRecord, refusalHint } from "./decisions.js";
import type { Reached } from "./deployments/deployments.js";
import type { Faults } from "./faults.js";
import type { Forwarding } from "./forward.js";
import type { Exchange, Journal } from "./journal.js";
import type { Kernel } from "./kernel.js";
import type { Grant, Limits } from "./limits.js";
import { abilitiesOf, abilityProblem } from "./model-abilities.js";
import type { Replies, Styled } from "./replies.js";
import type { Route, Routing } from "./routing.js";
import type { Account, AdmittedChat, ChatArrival, ChatTurn, ParsedChat } from "./turns.js";

interface Parts {
  readonly access: Access;
  readonly limits: Limits;
  readonly routing: Routing;
  readonly completions: Completions;
  readonly replies: Replies;
  readonly faults: Faults;
  readonly journal: Journal;
}

/** Who got in, and under which limits. */
interface Entrance {
  readonly caller: Caller;
  readonly grant: Grant | null;
  readonly admission: Extract<Admission, { admitted: true }> | null;
  readonly modelId: string;
}

const NO_DEMAND = { promptTokens: 0, maxTokens: 0 };
/** What {@link AdmittedChat.limitHeaders} is when there are none. */
export const NO_HEADERS: Readonly<Record<string, string>> = {};

/** A request to a model, from key to ledger, whatever its dialect. The order of checks is X-7. */
export class Chat {
  readonly #kernel: Kernel;
  readonly #parts: Parts;

  constructor(kernel: Kernel, parts: Parts) {
    this.#kernel = kernel;
    this.#parts = parts;
  }

  /**
   * Key, slug, limits, fault, values, in this order; what passes is counted. Synchronous, so that counting is
   * exact however many arrive together (L-10).
   * @throws GatewayError `missing_key`, `wrong_key`, `bearer_refused`, `unknown_model`, `rate_limited`,
   *   `unmatched`, `invalid_value`
   */
  admit(exchange: Exchange, arrival: ChatArrival, parsed: ParsedChat): AdmittedChat {
    const { model } = arrival;
    const caller = this.#parts.access.inference(arrival.credential);
    exchange.keyPrefix = caller.key.prefix;
    exchange.slug = model;
    const { route, grant } = this.#reach(exchange, caller, model);
    const admission = grant ? this.#check(exchange, grant, parsed) : null;
    const modelId = route.targets[0]?.model_id ?? route.endpointId;
    return this.#enter(exchange, arrival, parsed, { caller, grant, admission, modelId });
  }

  /**
   * The same for a dedicated deployment, whose caller and model were found before: neither limits nor ledger
   * (inference §5, Y-26).
   * @throws GatewayError `served_model_unknown`, `unmatched`, `invalid_value`
   */
  admitDedicated(
    exchange: Exchange,
    arrival: ChatArrival,
    parsed: ParsedChat,
    reached: Reached,
  ): AdmittedChat {
    const { caller, deployment, model } = reached;
    checkServed(model, arrival.model);
    const modelId = deployment.ownerId;
    return this.#enter(exchange, arrival, parsed, { caller, grant: null, admission: null, modelId });
  }

  /** Fault, values, rule; what passes is counted. */
  #enter(
    exchange: Exchange,
    arrival: ChatArrival,
    parsed: ParsedChat,
    { caller, grant, admission, modelId }: Entrance,
  ): AdmittedChat {
    const { model, wishes } = arrival;
    const requestId = this.#kernel.random.uuid();
    const subject = matchSubject(model, parsed.ok ? parsed.request : null, {
      group: grant ? [grant.chain[0].externalEntityId, grant.chain[0].id] : [],
      key: [...(caller.key.name === null ? [] : [caller.key.name]), caller.key.prefix],
      header: arrival.header,
    });
    const limitHeaders = admission ? this.#limitHeaders(admission, exchange.at) : NO_HEADERS;
    const struck = arrival.fault
      ? { id: "x-emulator-fault", fault: arrival.fault }
      : this.#parts.faults.meet(subject);
    if (struck) exchange.notes.push(`met by ${struck.id}`);
    const ended = struck !== null && answersItself(struck.fault);
    if (!parsed.ok && !ended) {
      const served = { acceptedAt: exchange.at, requestId, modelId };
      throw new GatewayError("invalid_value", { message: parsed.message, served });
    }
    const refused = struck !== null && refuses(struck.fault);
    const request = parsed.ok ? parsed.request : null;
    const rule = request && !ended ? this.#rule(exchange, request, { subject, requestId, modelId }) : null;
    if (grant && admission && !refused) count(grant.plan.feeds, admission);
    const account =
      grant && !refused && caller.kind === "federated"
        ? { key: caller.key, grant, reserved: admission?.reserved ?? 0 }
        : null;
    const fault = struck?.fault ?? null;
    return { exchange, request, subject, wishes, rule, fault, requestId, modelId, account, limitHeaders };
  }

  /** The model's answer; at once for echoed and canned ones. @throws GatewayError */
  answer(admitted: AdmittedChat, request: ChatRequest, forwarding?: Forwarding): Styled | Promise<Styled> {
    const { subject, rule, wishes } = admitted;
    return this.#parts.replies.answer(request, subject, rule, wishes, forwarding);
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
    const { exchange, account } = turn;
    const usage: Usage = { ...turn.reply.usage, completion };
    exchange.promptTokens = usage.prompt;
    exchange.completionTokens = completion;
    const billed = body !== "";
    const entry = account ? this.#book(turn, account, usage, billed) : null;
    this.#parts.journal.finish(exchange, status, body, entry, done);
  }

  /** What a request that was admitted and then failed without any output counts: one REQUEST (L-4, W-7). */
  failed(admitted: AdmittedChat): LedgerEntry | null {
    const nothing: Usage = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
    return admitted.account ? this.#book(admitted, admitted.account, nothing, false) : null;
  }

  /**
   * What a request counts whose client left before the first byte: one REQUEST and the prompt (Y-20). Nothing of
   * the prompt when a fault answers in the model's place.
   */
  left(admitted: AdmittedChat): LedgerEntry | null {
    const { exchange, request, fault, rule, wishes, account } = admitted;
    if (request === null || (fault && answersItself(fault))) return this.failed(admitted);
    const prompt =
      wishes.usage?.prompt ??
      rule?.usage?.prompt_tokens ??
      promptTokens(request.messages, request.tools, this.#kernel.tokenizer);
    exchange.promptTokens = prompt;
    exchange.completionTokens = 0;
    const usage: Usage = { prompt, completion: 0, cached: rule?.usage?.cached_tokens ?? 0, reasoning: 0 };
    return account ? this.#book(admitted, account, usage, false) : null;
  }

  /** every way in which a slug cannot be called is one and the same 404. */
  #reach(exchange: Exchange, caller: Caller, model: string): { route: Route; grant: Grant | null } {
    const route = this.#parts.routing.route(model);
    if (caller.kind === "workspace") {
      if (route && mayCall(caller, route)) return { route, grant: null };
      throw new GatewayError("unknown_model", { hint: unreachableHint(caller, route, model) });
    }
    const grant = this.#parts.limits.grant(caller.key.groupId, model);
    const group = grant?.chain[0] ?? this.#kernel.store.groups.byId(caller.key.groupId);
    exchange.groupId = caller.key.groupId;
    exchange.externalEntityId = group?.externalEntityId ?? null;
    if (grant && route?.workspaceId === caller.key.workspaceId) return { route, grant };
    throw new GatewayError("unknown_model", {
      hint: grant
        ? `this workspace has no endpoint with slug ${model}: POST /v1/gateway/endpoints makes one`
        : `slug ${model} is not in the models of group ${caller.key.groupId}`,
    });
  }

  /** Looks at the limits; counting comes later, since a refused body counts nowhere (L-4, X-7). */
  #check(exchange: Exchange, grant: Grant, parsed: ParsedChat): Extract<Admission, { admitted: true }> {
    const { tokenAdmission } = this.#kernel.settings;
    const demand =
      parsed.ok && tokenAdmission !== "consumed"
        ? {
            promptTokens: promptTokens(parsed.request.messages, parsed.request.tools, this.#kernel.tokenizer),
            maxTokens: parsed.request.maxTokens,
          }
        : NO_DEMAND;
    const admission = check(grant.plan, exchange.at, demand, tokenAdmission);
    exchange.decision = decisionRecord(grant, admission, tokenAdmission);
    if (admission.admitted) return admission;
    throw new GatewayError("rate_limited", {
      hint: refusalHint(grant, admission, exchange.at),
      headers: this.#limitHeaders(admission, exchange.at),
    });
  }

  /** What the model is able to do, then which rule speaks. */
  #rule(
    exchange: Exchange,
    request: ChatRequest,
    { subject, requestId, modelId }: Pick<AdmittedChat, "subject" | "requestId" | "modelId">,
  ) {
    const { settings } = this.#kernel;
    const served = { acceptedAt: exchange.at, requestId, modelId };
    const problem = abilityProblem(request, abilitiesOf(settings, request.model));
    if (problem) throw new GatewayError("invalid_value", { message: problem, served });
    if (request.unknownFields.length > 0) {
      exchange.notes.push(`ignored unknown fields: ${request.unknownFields.join(", ")}`);
    }
    const chosen = this.#parts.completions.choose(subject);
    if (chosen) {
      exchange.notes.push(`answered by ${chosen.id}`);
      return chosen.reply;
    }
    const closest = this.#parts.completions.closest(subject);
    if (settings.unmatched === "echo") {
      // Where there are no rules, echo is what was asked for.
      if (closest.length > 0) exchange.notes.push(ECHOED, ...closest);
      return null;
    }
    exchange.notes.push(...closest);
    throw new GatewayError("unmatched", {
      served,
      hint: closest.length > 0 ? `no rule fits; closest is ${closest[0]}` : "there are no completion rules",
    });
  }

  #limitHeaders(admission: Admission, now: number): Readonly<Record<string, string>> {
    return this.#kernel.settings.rateLimitHeaders ? rateLimitHeaders(admission, now) : NO_HEADERS;
  }

  #book(turn: AdmittedChat, account: Account, usage: Usage, billed: boolean): LedgerEntry {
    const { key, grant, reserved } = account;
    const { exchange, request } = turn;
    settle(grant.plan.feeds, exchange.at, reserved, usage.prompt + usage.completion);
    const now = this.#kernel.clock.now();
    return {
      eventId: ulid(now, () => this.#kernel.random.uint32()),
      workspaceId: key.workspaceId,
      journalSeq: exchange.seq,
      requestId: turn.requestId,
      groupId: key.groupId,
      externalEntityId: grant.chain[0].externalEntityId,
      keyPrefix: key.prefix,
      slug: grant.slug,
      admittedAt: exchange.at,
      completedAt: now,
      promptTokens: usage.prompt,
      completionTokens: usage.completion,
      cachedTokens: usage.cached,
      billed,
      metadata: request?.metadata ?? null,
      feeds: grant.feeds,
    };
  }
}
