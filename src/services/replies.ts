import type { ChatRequest, Reply } from "../domain/chat.js";
import { tokenLogprobs } from "../domain/completion/logprobs.js";
import { buildReply } from "../domain/completion/reply.js";
import type { RuleReply } from "../domain/completion/rules.js";
import { mergeStyles, type StreamStyle } from "../domain/completion/style.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import { fillArguments, fillTemplate } from "../domain/completion/template.js";
import { GatewayError } from "../domain/errors.js";
import { createRandom, type Random } from "../runtime/random.js";
import type { AdmittedChat } from "./chat-types.js";
import { type Forwarding, forwardChat } from "./forward.js";
import { abilitiesOf } from "./model-abilities.js";
import type { WorldContext } from "./world-context.js";

/** A reply with its pace and form. */
export interface StyledReply {
  readonly reply: Reply;
  readonly style: StreamStyle;
}

/** Makes the model's reply from a rule, or from the request alone. */
export class Replies {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /**
   * The model's reply; a promise when it is generated or forwarded. Without a rule it is JSON or a tool call if the
   * request requires one, else an echo.
   * @param forwarding for a rule that forwards
   * @throws GatewayError `model_unavailable`, `loop_detected`, `client_gone`, `invalid_value`
   */
  answer(
    admitted: AdmittedChat,
    request: ChatRequest,
    forwarding?: Forwarding,
  ): StyledReply | Promise<StyledReply> {
    const { subject, rule } = admitted;
    const effectiveRule = rule ?? implicitRule(request);
    if (effectiveRule === null) return this.#finish(admitted, request, null);
    const filledRule = { ...effectiveRule, ...filled(effectiveRule, subject) };
    const finish = (reply: RuleReply): StyledReply => this.#finish(admitted, request, reply);
    if (filledRule.forward) {
      const upstream = forwardChat(this.#context, request, filledRule.forward, forwarding);
      return upstream.then((reply) => this.#forwarded(admitted, request, filledRule, reply));
    }
    switch (filledRule.mode) {
      case "lorem":
        return this.#lorem(subject, filledRule).then(finish);
      case "schema":
        return this.#fromSchema(request, subject, filledRule).then(finish);
      case "echo":
      case undefined:
        return finish(filledRule);
    }
  }

  #finish({ subject, overrides }: AdmittedChat, request: ChatRequest, rule: RuleReply | null): StyledReply {
    const { random, settings, tokenizer } = this.#context;
    const usage = overrides.usage
      ? { prompt_tokens: overrides.usage.prompt, completion_tokens: overrides.usage.completion }
      : undefined;
    const source = usage ? { ...rule, usage: { ...rule?.usage, ...usage } } : rule;
    const built = buildReply(request, source, { hex32: () => random.hex(32) }, tokenizer);
    const style = mergeStyles(settings.stream, rule?.stream);
    const silent = style.finish_reason_in_json_mode === false && wantsJson(request);
    const reply = silent ? { ...built, finishReason: null } : built;
    return { reply: request.logprobs ? this.#withLogprobs(request, subject, reply) : reply, style };
  }

  #withLogprobs(request: ChatRequest, subject: MatchSubject, reply: Reply): Reply {
    const { logprobs } = abilitiesOf(this.#context.settings, request.model);
    if (logprobs !== "supported" || reply.content === null) return reply;
    const random = this.#randomFor(subject);
    return { ...reply, logprobs: tokenLogprobs(reply.content, request.topLogprobs, () => random.float()) };
  }

  /** A real server's answer, uncut: that server has applied the limits. Rule usage overrides the upstream's. */
  #forwarded(
    admitted: AdmittedChat,
    request: ChatRequest,
    rule: RuleReply,
    upstream: RuleReply,
  ): StyledReply {
    const uncut = { ...request, maxTokens: Number.MAX_SAFE_INTEGER, stop: [] };
    const usage = { ...upstream.usage, ...rule.usage };
    return this.#finish(admitted, uncut, { ...upstream, usage, stream: rule.stream });
  }

  async #lorem(subject: MatchSubject, rule: RuleReply): Promise<RuleReply> {
    const { lorem } = await import("../generate/lorem.js");
    return { ...rule, mode: undefined, content: await lorem(this.#randomFor(subject)) };
  }

  /** JSON for the chosen tool's arguments, or for `response_format` (I-2b, I-2f). */
  async #fromSchema(request: ChatRequest, subject: MatchSubject, rule: RuleReply): Promise<RuleReply> {
    const { schemaWorkers, settings } = this.#context;
    const tool = chosenTool(request);
    // Whatever the parameters say of their type: arguments are an object.
    const schema = tool ? { ...tool.parameters, type: "object" } : schemaOf(request);
    const { generationBudgetMs } = settings;
    const generated = await schemaWorkers.generate(schema, this.#randomFor(subject), generationBudgetMs);
    if (!generated.ok) {
      throw new GatewayError("invalid_value", {
        message: "Invalid request: the JSON schema cannot be satisfied",
        hint: `No value was found for the schema: ${generated.reason}.`,
      });
    }
    const text = JSON.stringify(generated.value);
    const generatedReply = tool ? { tool_calls: [{ name: tool.name, arguments: text }] } : { content: text };
    return { ...rule, mode: undefined, ...generatedReply };
  }

  /** Equal requests get equal replies, in any order. Seeded by texts only, because schemas can be cyclic. */
  #randomFor({ model, system, lastMessage, turn, toolsCalled }: MatchSubject): Random {
    const request = JSON.stringify([model, system, lastMessage, turn, toolsCalled]);
    return createRandom(`${this.#context.randomSeed} ${request}`);
  }
}

/** The rule for a request without a matching rule: a tool call or JSON if required; null: an echo. */
function implicitRule(request: ChatRequest): RuleReply | null {
  return chosenTool(request) !== null || wantsJson(request) ? { mode: "schema" } : null;
}

/** The tool that the request requires: the named one, or the first of all. */
function chosenTool({ toolChoice, tools }: ChatRequest) {
  if (typeof toolChoice === "object") return tools.find(({ name }) => name === toolChoice.name) ?? null;
  return toolChoice === "required" ? (tools[0] ?? null) : null;
}

function wantsJson({ responseFormat }: ChatRequest): boolean {
  return responseFormat.type === "json_schema" || responseFormat.type === "json_object";
}

function schemaOf({ responseFormat }: ChatRequest): Readonly<Record<string, unknown>> {
  return responseFormat.type === "json_schema"
    ? responseFormat.schema
    : { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] };
}

/** The texts of a reply with their `{{names}}` replaced. Without content, the stream's pieces are the content. */
function filled(rule: RuleReply, subject: MatchSubject): Partial<RuleReply> {
  const { reasoning_content, tool_calls, stream } = rule;
  const { content = stream?.chunks?.join("") } = rule;
  const fill = (text: string): string => fillTemplate(text, subject);
  return {
    ...(content === undefined ? {} : { content: fill(content) }),
    ...(reasoning_content === undefined ? {} : { reasoning_content: fill(reasoning_content) }),
    ...(tool_calls === undefined ? {} : { tool_calls: tool_calls.map((call) => filledCall(call, subject)) }),
    ...(stream?.chunks === undefined ? {} : { stream: { ...stream, chunks: stream.chunks.map(fill) } }),
  };
}

function filledCall(call: NonNullable<RuleReply["tool_calls"]>[number], subject: MatchSubject) {
  return { ...call, arguments: fillArguments(call.arguments, subject) };
}
