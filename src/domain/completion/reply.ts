/** Builds the model's reply: the rule's texts, cut at `stop` and `max_tokens`, with their usage. */

import type { ChatRequest, FinishReason, Reply, ToolCall, Usage } from "../chat.js";
import type { RuleReply } from "./rules.js";
import { lastMessageText } from "./subject.js";
import { APPROXIMATE, promptTokens, type Tokenizer } from "./tokens.js";

/** Source of ids: 32 lower-case hex digits from the world's random source. */
export interface IdSource {
  hex32(): string;
}

/** The produced part of a text; `ended` is what cut it, null: nothing. */
interface Produced {
  readonly text: string;
  readonly tokens: number;
  readonly ended: "stop" | "length" | null;
  /** The stop sequence that cut it. */
  readonly stopSequence?: string;
}

/** The part of a text that fits in `budget` tokens. */
function produce(text: string, budget: number, tokenizer: Tokenizer): Produced {
  const { end, count } = tokenizer.take(text, budget);
  if (end === text.length) return { text, tokens: count, ended: null };
  return { text: text.slice(0, end), tokens: count, ended: "length" };
}

/** The first stop sequence in the text; of those at the same position, the shortest. */
function findStop(text: string, stop: readonly string[]): { at: number; sequence: string } | null {
  let first: { at: number; sequence: string } | null = null;
  for (const sequence of stop) {
    const at = sequence === "" ? -1 : text.indexOf(sequence);
    if (at < 0) continue;
    const shorter = first !== null && at === first.at && sequence.length < first.sequence.length;
    if (first === null || at < first.at || shorter) first = { at, sequence };
  }
  return first;
}

/** Cuts at a stop sequence (I-1.1c). Called after `max_tokens` has cut the text. */
function applyStop(produced: Produced, request: ChatRequest, tokenizer: Tokenizer): Produced {
  if (request.stop.length === 0) return produced;
  const stop = findStop(produced.text, request.stop);
  if (stop === null) return produced;
  const text = produced.text.slice(0, request.includeStop ? stop.at + stop.sequence.length : stop.at);
  return { text, tokens: tokenizer.count(text), ended: "stop", stopSequence: stop.sequence };
}

/** The calls that fit in `budget` tokens. The arguments of the last one may be cut, as by a real model. */
function produceToolCalls(
  calls: RuleReply["tool_calls"],
  budget: number,
  ids: IdSource,
  tokenizer: Tokenizer,
) {
  const produced: ToolCall[] = [];
  let left = budget;
  for (const call of calls ?? []) {
    const nameTokens = tokenizer.count(call.name);
    if (nameTokens > left) return { calls: produced, tokens: budget - left, cut: true };
    const text = typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
    const args = produce(text, left - nameTokens, tokenizer);
    produced.push({
      id: call.id ?? `chatcmpl-tool-${ids.hex32()}`,
      name: call.name,
      arguments: args.text,
    });
    left -= nameTokens + args.tokens;
    if (args.ended !== null) return { calls: produced, tokens: budget - left, cut: true };
  }
  return { calls: produced, tokens: budget - left, cut: false };
}

/** The content of a reply before any cut; null for a pure tool call. */
function contentOf(request: ChatRequest, source: RuleReply | null): string | null {
  if (source === null || source.mode === "echo") return lastMessageText(request.messages);
  if (source.content !== undefined) return source.content;
  return (source.tool_calls ?? []).length > 0 ? null : lastMessageText(request.messages);
}

/**
 * The usage: counted tokens, or the rule's own numbers. The completion includes the reasoning, so a rule
 * that only sets `reasoning_tokens` changes the completion too.
 */
function usageOf(
  request: ChatRequest,
  source: RuleReply | null,
  counted: { readonly reasoning: number; readonly rest: number },
  tokenizer: Tokenizer,
): Usage {
  const override = source?.usage;
  const reasoning = override?.reasoning_tokens ?? counted.reasoning;
  return {
    prompt: override?.prompt_tokens ?? promptTokens(request.messages, request.tools, tokenizer),
    completion: override?.completion_tokens ?? reasoning + counted.rest,
    cached: override?.cached_tokens ?? 0,
    reasoning,
  };
}

/**
 * The reply to a request: a rule's reply, or an echo of the last user message.
 *
 * Reasoning, content and tool calls follow in this order until `stop` (content only) or `max_tokens` ends the reply.
 * `finish_reason` is then `stop` or `length`, else the rule's, else `tool_calls` or `stop` (I-1.3d). A part without
 * any output is null. Tool call ids are `chatcmpl-tool-<32 hex>` (I-1.3c).
 */
export function buildReply(
  request: ChatRequest,
  source: RuleReply | null,
  ids: IdSource,
  tokenizer: Tokenizer = APPROXIMATE,
): Reply {
  const reasoningText = source?.reasoning_content;
  const reasoning = reasoningText === undefined ? null : produce(reasoningText, request.maxTokens, tokenizer);
  let left = request.maxTokens - (reasoning?.tokens ?? 0);
  let ended = reasoning?.ended ?? null;

  let content: Produced | null = null;
  const text = contentOf(request, source);
  if (ended === null && text !== null) {
    content = applyStop(produce(text, left, tokenizer), request, tokenizer);
    ended = content.ended;
    left -= content.tokens;
    // Reasoning used up the budget: no content, which is not the same as empty content.
    if (ended === "length" && content.tokens === 0) content = null;
  }

  const tools = produceToolCalls(ended === null ? source?.tool_calls : undefined, left, ids, tokenizer);
  if (tools.cut) ended = "length";

  return {
    content: content?.text ?? null,
    reasoning: reasoning?.text ?? null,
    toolCalls: tools.calls,
    finishReason: ended ?? naturalEnd(source, tools.calls.length > 0),
    ...(content?.stopSequence === undefined ? {} : { stopSequence: content.stopSequence }),
    usage: usageOf(
      request,
      source,
      { reasoning: reasoning?.tokens ?? 0, rest: (content?.tokens ?? 0) + tools.tokens },
      tokenizer,
    ),
  };
}

function naturalEnd(source: RuleReply | null, callsTools: boolean): FinishReason | null {
  const finishReason = source?.finish_reason;
  if (finishReason !== undefined) return finishReason;
  return callsTools ? "tool_calls" : "stop";
}
