import type { ChatRequest } from "../domain/chat.js";
import { matchSubject } from "../domain/completion/subject.js";
import { promptTokens } from "../domain/completion/tokens.js";
import { GatewayError } from "../domain/errors.js";
import { answersItself, refuses } from "../domain/faults.js";
import { ECHO_NOTE } from "../domain/journal.js";
import { type Admission, checkLimits, countRequest } from "../domain/limits/admission.js";
import { rateLimitHeaders } from "../domain/limits/headers.js";
import { checkServed } from "../domain/served-models.js";
import { type Access, type Caller, canCall, unreachableHint } from "./access.js";
import type { AdmittedChat, ChatInput, ParsedChat } from "./chat-types.js";
import type { Completions } from "./completions.js";
import type { ResolvedDeployment } from "./deployments/deployments.js";
import type { Faults } from "./faults.js";
import type { Forwarding } from "./forward.js";
import type { RequestInProgress } from "./journal.js";
import { decisionRecord, refusalHint } from "./limit-decision.js";
import type { Grant, Limits } from "./limits.js";
import { abilitiesOf, abilityProblem } from "./model-abilities.js";
import type { Replies, StyledReply } from "./replies.js";
import type { Routing, SlugRoute } from "./routing.js";
import type { WorldContext } from "./world-context.js";

interface Parts {
  readonly access: Access;
  readonly limits: Limits;
  readonly routing: Routing;
  readonly completions: Completions;
  readonly replies: Replies;
  readonly faults: Faults;
}

/** Who got in, and under which limits. */
interface CheckedCaller {
  readonly caller: Caller;
  readonly grant: Grant | null;
  readonly admission: Extract<Admission, { admitted: true }> | null;
  readonly modelId: string;
}

const NO_DEMAND = { promptTokens: 0, maxTokens: 0 };
/** What {@link AdmittedChat.limitHeaders} is when there are none. */
export const NO_HEADERS: Readonly<Record<string, string>> = {};

/**
 * Admits a request to a model and makes its answer, whatever its dialect. The order of checks is X-7. What an answer
 * counts and costs is recorded by `ChatRecords`.
 */
export class Chat {
  readonly #context: WorldContext;
  readonly #parts: Parts;

  constructor(context: WorldContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * Key, slug, limits, fault, values, in this order; what passes is counted. Synchronous, so that counting is
   * exact however many arrive together (L-10).
   * @throws GatewayError `missing_key`, `wrong_key`, `bearer_refused`, `unknown_model`, `rate_limited`,
   *   `unmatched`, `invalid_value`
   */
  admit(inProgress: RequestInProgress, arrival: ChatInput, parsed: ParsedChat): AdmittedChat {
    const { model } = arrival;
    const caller = this.#parts.access.inference(arrival.credential);
    inProgress.keyPrefix = caller.key.prefix;
    inProgress.slug = model;
    const { route, grant } = this.#reach(inProgress, caller, model);
    const admission = grant ? this.#check(inProgress, grant, parsed) : null;
    const modelId = route.targets[0]?.model_id ?? route.endpointId;
    return this.#enter(inProgress, arrival, parsed, { caller, grant, admission, modelId });
  }

  /**
   * The same for a dedicated deployment, whose caller and model were found before: neither limits nor ledger
   * (inference §5, Y-26).
   * @throws GatewayError `served_model_unknown`, `unmatched`, `invalid_value`
   */
  admitDedicated(
    inProgress: RequestInProgress,
    arrival: ChatInput,
    parsed: ParsedChat,
    reached: ResolvedDeployment,
  ): AdmittedChat {
    const { caller, deployment, model } = reached;
    checkServed(model, arrival.model);
    const modelId = deployment.ownerId;
    return this.#enter(inProgress, arrival, parsed, { caller, grant: null, admission: null, modelId });
  }

  /** Fault, values, rule; what passes is counted. */
  #enter(
    inProgress: RequestInProgress,
    arrival: ChatInput,
    parsed: ParsedChat,
    { caller, grant, admission, modelId }: CheckedCaller,
  ): AdmittedChat {
    const { model, overrides } = arrival;
    const requestId = this.#context.random.uuid();
    const subject = matchSubject(model, parsed.ok ? parsed.request : null, {
      group: grant ? [grant.chain[0].externalEntityId, grant.chain[0].id] : [],
      key: [...(caller.key.name === null ? [] : [caller.key.name]), caller.key.prefix],
      header: arrival.header,
    });
    const limitHeaders = admission ? this.#limitHeaders(admission, inProgress.at) : NO_HEADERS;
    const struck = arrival.fault
      ? { id: "x-emulator-fault", fault: arrival.fault }
      : this.#parts.faults.match(subject);
    if (struck) inProgress.notes.push(`met by ${struck.id}`);
    const ended = struck !== null && answersItself(struck.fault);
    if (!parsed.ok && !ended) {
      const served = { acceptedAt: inProgress.at, requestId, modelId };
      throw new GatewayError("invalid_value", { message: parsed.message, served });
    }
    const refused = struck !== null && refuses(struck.fault);
    const request = parsed.ok ? parsed.request : null;
    const rule = request && !ended ? this.#rule(inProgress, request, { subject, requestId, modelId }) : null;
    if (grant && admission && !refused) countRequest(grant.plan.counters, admission);
    const account =
      grant && !refused && caller.kind === "federated"
        ? { key: caller.key, grant, reserved: admission?.reserved ?? 0 }
        : null;
    const fault = struck?.fault ?? null;
    return {
      inProgress,
      request,
      subject,
      overrides,
      rule,
      fault,
      requestId,
      modelId,
      account,
      limitHeaders,
    };
  }

  /** The model's answer; at once for echoed and canned ones. @throws GatewayError */
  answer(
    admitted: AdmittedChat,
    request: ChatRequest,
    forwarding?: Forwarding,
  ): StyledReply | Promise<StyledReply> {
    const { subject, rule, overrides } = admitted;
    return this.#parts.replies.answer(request, subject, rule, overrides, forwarding);
  }

  /** every way in which a slug cannot be called is one and the same 404. */
  #reach(
    inProgress: RequestInProgress,
    caller: Caller,
    model: string,
  ): { route: SlugRoute; grant: Grant | null } {
    const route = this.#parts.routing.route(model);
    if (caller.kind === "workspace") {
      if (route && canCall(caller, route)) return { route, grant: null };
      throw new GatewayError("unknown_model", { hint: unreachableHint(caller, route, model) });
    }
    const grant = this.#parts.limits.grant(caller.key.groupId, model);
    const group = grant?.chain[0] ?? this.#context.store.groups.byId(caller.key.groupId);
    inProgress.groupId = caller.key.groupId;
    inProgress.externalEntityId = group?.externalEntityId ?? null;
    if (grant && route?.workspaceId === caller.key.workspaceId) return { route, grant };
    throw new GatewayError("unknown_model", {
      hint: grant
        ? `this workspace has no endpoint with slug ${model}: POST /v1/gateway/endpoints makes one`
        : `slug ${model} is not in the models of group ${caller.key.groupId}`,
    });
  }

  /** Looks at the limits; counting comes later, since a refused body counts nowhere (L-4, X-7). */
  #check(
    inProgress: RequestInProgress,
    grant: Grant,
    parsed: ParsedChat,
  ): Extract<Admission, { admitted: true }> {
    const { tokenAdmission } = this.#context.settings;
    const demand =
      parsed.ok && tokenAdmission !== "consumed"
        ? {
            promptTokens: promptTokens(
              parsed.request.messages,
              parsed.request.tools,
              this.#context.tokenizer,
            ),
            maxTokens: parsed.request.maxTokens,
          }
        : NO_DEMAND;
    const admission = checkLimits(grant.plan, inProgress.at, demand, tokenAdmission);
    inProgress.decision = decisionRecord(grant.decisionParts, admission, tokenAdmission);
    if (admission.admitted) return admission;
    throw new GatewayError("rate_limited", {
      hint: refusalHint(grant, admission, inProgress.at),
      headers: this.#limitHeaders(admission, inProgress.at),
    });
  }

  /** What the model is able to do, then which rule speaks. */
  #rule(
    inProgress: RequestInProgress,
    request: ChatRequest,
    { subject, requestId, modelId }: Pick<AdmittedChat, "subject" | "requestId" | "modelId">,
  ) {
    const { settings } = this.#context;
    const served = { acceptedAt: inProgress.at, requestId, modelId };
    const problem = abilityProblem(request, abilitiesOf(settings, request.model));
    if (problem) throw new GatewayError("invalid_value", { message: problem, served });
    if (request.unknownFields.length > 0) {
      inProgress.notes.push(`ignored unknown fields: ${request.unknownFields.join(", ")}`);
    }
    const chosen = this.#parts.completions.match(subject);
    if (chosen) {
      inProgress.notes.push(`answered by ${chosen.id}`);
      return chosen.reply;
    }
    const closest = this.#parts.completions.closest(subject);
    if (settings.unmatched === "echo") {
      // Where there are no rules, echo is what was asked for.
      if (closest.length > 0) inProgress.notes.push(ECHO_NOTE, ...closest);
      return null;
    }
    inProgress.notes.push(...closest);
    throw new GatewayError("unmatched", {
      served,
      hint: closest.length > 0 ? `no rule fits; closest is ${closest[0]}` : "there are no completion rules",
    });
  }

  #limitHeaders(admission: Admission, now: number): Readonly<Record<string, string>> {
    return this.#context.settings.rateLimitHeaders ? rateLimitHeaders(admission, now) : NO_HEADERS;
  }
}
