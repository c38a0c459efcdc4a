import type { ChatRequest } from "../domain/chat.js";
import { ChatSubject } from "../domain/completion/subject.js";
import { promptTokens } from "../domain/completion/tokens.js";
import { GatewayError } from "../domain/errors.js";
import { answersItself, refuses } from "../domain/faults.js";
import { type Admission, checkLimits, countRequest } from "../domain/limits/admission.js";
import { rateLimitHeaders } from "../domain/limits/headers.js";
import { type Access, type Caller, canCall, unreachableHint } from "./access.js";
import type { AdmittedChat, ChatInput, ParsedChat } from "./chat-types.js";
import type { Completions } from "./completions.js";
import type { ResolvedDeployment } from "./deployments/deployments.js";
import type { Faults } from "./faults.js";
import type { RequestInProgress } from "./journal.js";
import { decisionRecord, refusalHint } from "./limit-decision.js";
import type { Grant, Limits } from "./limits.js";
import { abilitiesOf, abilityProblem } from "./model-abilities.js";
import type { Routing, SlugRoute } from "./routing.js";
import type { WorldContext } from "./world-context.js";

interface Dependencies {
  readonly access: Access;
  readonly limits: Limits;
  readonly routing: Routing;
  readonly completions: Completions;
  readonly faults: Faults;
}

/** The caller of a request, and its limits. */
interface CheckedCaller {
  readonly caller: Caller;
  readonly grant: Grant | null;
  readonly admission: Extract<Admission, { admitted: true }> | null;
  readonly modelId: string;
}

const NO_DEMAND = { promptTokens: 0, maxTokens: 0 };
/** The value of {@link AdmittedChat.limitHeaders} without headers. */
export const NO_HEADERS: Readonly<Record<string, string>> = {};

/**
 * Admits requests to models, for all dialects. X-7 is the order of the checks. `Replies` makes the replies, `ChatRecords`
 * records the usage.
 */
export class Chat {
  readonly #context: WorldContext;
  readonly #dependencies: Dependencies;

  constructor(context: WorldContext, dependencies: Dependencies) {
    this.#context = context;
    this.#dependencies = dependencies;
  }

  /**
   * Checks key, slug, limits, fault and values in this order, and counts the request. Synchronous, so that counting
   * is exact for simultaneous requests (L-10).
   * @throws GatewayError `missing_key`, `wrong_key`, `bearer_refused`, `unknown_model`, `rate_limited`,
   *   `unmatched`, `invalid_value`
   */
  admit(inProgress: RequestInProgress, input: ChatInput, parsed: ParsedChat): AdmittedChat {
    const { model } = input;
    const caller = this.#dependencies.access.inference(input.credential);
    inProgress.keyPrefix = caller.key.prefix;
    inProgress.slug = model;
    const { route, grant } = this.#resolveSlug(inProgress, caller, model);
    const admission = grant ? this.#check(inProgress, grant, parsed) : null;
    const modelId = route.targets[0]?.model_id ?? route.endpointId;
    return this.#admitChecked(inProgress, input, parsed, { caller, grant, admission, modelId });
  }

  /**
   * The same for a dedicated deployment, whose caller and model are known: no limits and no ledger (I-5.3a, Y-26). Its
   * engine serves the declared names; without any, all (I-4.2e).
   * @throws GatewayError `served_model_unknown`, `unmatched`, `invalid_value`
   */
  admitDedicated(
    inProgress: RequestInProgress,
    input: ChatInput,
    parsed: ParsedChat,
    resolved: ResolvedDeployment,
  ): AdmittedChat {
    const { caller, deployment, model } = resolved;
    const served = model?.servedModelNames ?? [];
    if (model && served.length > 0 && !served.includes(input.model)) {
      throw new GatewayError("served_model_unknown", {
        message: `The model \`${input.model}\` does not exist.`,
        hint: `Model ${model.id} serves ${served.join(", ")}.`,
      });
    }
    const modelId = deployment.ownerId;
    return this.#admitChecked(inProgress, input, parsed, { caller, grant: null, admission: null, modelId });
  }

  /** Checks fault, values and rule, and counts the request. */
  #admitChecked(
    inProgress: RequestInProgress,
    input: ChatInput,
    parsed: ParsedChat,
    { caller, grant, admission, modelId }: CheckedCaller,
  ): AdmittedChat {
    const { model, overrides } = input;
    const requestId = this.#context.random.uuid();
    const subject = new ChatSubject(model, parsed.ok ? parsed.request : null, {
      group: grant ? [grant.chain[0].externalEntityId, grant.chain[0].id] : [],
      key: [...(caller.key.name === null ? [] : [caller.key.name]), caller.key.prefix],
      header: input.header,
    });
    const limitHeaders = admission ? this.#limitHeaders(admission, inProgress.at) : NO_HEADERS;
    const matched = this.#dependencies.faults.match(input.fault, subject);
    if (matched) inProgress.notes.push(`applied ${matched.id}`);
    this.#noteUndecided(inProgress);
    const replaced = matched !== null && answersItself(matched.fault);
    if (!parsed.ok && !replaced) {
      const served = { acceptedAt: inProgress.at, requestId, modelId };
      throw new GatewayError("invalid_value", { message: parsed.message, served });
    }
    const refused = matched !== null && refuses(matched.fault);
    const request = parsed.ok ? parsed.request : null;
    const rule =
      request && !replaced ? this.#rule(inProgress, request, { subject, requestId, modelId }) : null;
    if (grant && admission && !refused) countRequest(grant.plan.counters, admission);
    const account =
      grant && !refused && caller.kind === "federated"
        ? { key: caller.key, grant, reserved: admission?.reserved ?? 0 }
        : null;
    const fault = matched?.fault ?? null;
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

  /** The route and limits of a slug. All reasons why it cannot be called give the same 404. */
  #resolveSlug(
    inProgress: RequestInProgress,
    caller: Caller,
    model: string,
  ): { route: SlugRoute; grant: Grant | null } {
    const route = this.#dependencies.routing.route(model);
    if (caller.kind === "workspace") {
      if (route && canCall(caller, route)) return { route, grant: null };
      throw new GatewayError("unknown_model", { hint: unreachableHint(caller, route, model) });
    }
    const grant = this.#dependencies.limits.grant(caller.key.groupId, model);
    const group = grant?.chain[0] ?? this.#context.store.groups.byId(caller.key.groupId);
    inProgress.groupId = caller.key.groupId;
    inProgress.externalEntityId = group?.externalEntityId ?? null;
    if (grant && route?.workspaceId === caller.key.workspaceId) return { route, grant };
    throw new GatewayError("unknown_model", {
      hint: grant
        ? `This workspace has no endpoint with slug ${model}. POST /v1/gateway/endpoints creates one.`
        : `Slug ${model} is not in the models of group ${caller.key.groupId}.`,
    });
  }

  /** Checks the limits without counting, because an invalid body is not counted (L-4, X-7). */
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

  /** Checks the model's abilities, then finds the rule. */
  #rule(
    inProgress: RequestInProgress,
    request: ChatRequest,
    { subject, requestId, modelId }: Pick<AdmittedChat, "subject" | "requestId" | "modelId">,
  ) {
    const served = { acceptedAt: inProgress.at, requestId, modelId };
    const problem = abilityProblem(request, abilitiesOf(this.#context.settings, request.model));
    if (problem) throw new GatewayError("invalid_value", { message: problem, served });
    if (request.unknownFields.length > 0) {
      inProgress.notes.push(`ignored unknown fields: ${request.unknownFields.join(", ")}`);
    }
    const matched = this.#dependencies.completions.match(subject);
    if (matched) {
      inProgress.notes.push(`answered by ${matched.id}`);
      this.#noteUndecided(inProgress);
      return matched.reply ?? {};
    }
    const hint = this.#dependencies.completions.unmatched(subject, inProgress.notes);
    this.#noteUndecided(inProgress);
    if (hint === null) return null;
    throw new GatewayError("unmatched", { served, hint });
  }

  #noteUndecided(inProgress: RequestInProgress): void {
    const hint = this.#context.patterns.noteUndecided(inProgress.notes);
    if (hint !== null) inProgress.hint = hint;
  }

  #limitHeaders(admission: Admission, now: number): Readonly<Record<string, string>> {
    return this.#context.settings.rateLimitHeaders ? rateLimitHeaders(admission, now) : NO_HEADERS;
  }
}
