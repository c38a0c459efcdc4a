/** What the emulated model says to one request: a rule's words, cut as the request asks, with their usage. */

import type { ChatRequest, FinishReason, Reply, ToolCall, Usage } from "../chat.js";
import type { RuleReply } from "./rules.js";
import { lastMessageText } from "./subject.js";
import { APPROXIMATE, promptTokens, type Tokenizer } from "./tokens.js";

/** Source of 32 lower-case hex digits for ids; the world's seeded random source. */
export interface IdSource {
  hex32(): string;
}

/** Text as far as it was produced; `ended` says what cut it, null when it is whole. */
interface Produced {
  readonly text: string;
  readonly tokens: number;
  readonly ended: "stop" | "length" | null;
  /** The stop sequence that cut it. */
  readonly stopSequence?: string;
}

/** What is produced of a text when only `budget` tokens are left. */
function produce(text: string, budget: number, tokenizer: Tokenizer): Produced {
  const { end, count } = tokenizer.take(text, budget);
  if (end === text.length) return { text, tokens: count, ended: null };
  return { text: text.slice(0, end), tokens: count, ended: "length" };
}

/** The stop sequence that occurs first, and where (of those that start together, the shortest). */
function findStop(text: string, stop: readonly string[]): { at: number; sequence: string } | null {
  let found: { at: number; sequence: string } | null = null;
  for (const sequence of stop) {
    const at = sequence === "" ? -1 : text.indexOf(sequence);
    if (at < 0) continue;
    const shorter = found !== null && at === found.at && sequence.length < found.sequence.length;
    if (found === null || at < found.at || shorter) found = { at, sequence };
  }
  return found;
}

/** Cuts at a stop sequence. One that `max_tokens` cut short was never said, so it ends nothing. */
function applyStop(produced: Produced, request: ChatRequest, tokenizer: Tokenizer): Produced {
  if (request.stop.length === 0) return produced;
  const stop = findStop(produced.text, request.stop);
  if (stop === null) return produced;
  const text = produced.text.slice(0, request.includeStop ? stop.at + stop.sequence.length : stop.at);
  return { text, tokens: tokenizer.count(text), ended: "stop", stopSequence: stop.sequence };
}

/** The calls that fit into `budget` tokens; the last one may have cut arguments, as a real model leaves them. */
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
 * Counted tokens, each number replaced by the rule's own if it has one. Reasoning is part of the
 * completion (§1.3), so a rule's `reasoning_tokens` alone moves the completion's number with it.
 */
function usageOf(
  request: ChatRequest,
  source: RuleReply | null,
  counted: { readonly reasoning: number; readonly rest: number },
  tokenizer: Tokenizer,
): Usage {
  const given = source?.usage;
  const reasoning = given?.reasoning_tokens ?? counted.reasoning;
  return {
    prompt: given?.prompt_tokens ?? promptTokens(request.messages, request.tools, tokenizer),
    completion: given?.completion_tokens ?? reasoning + counted.rest,
    cached: given?.cached_tokens ?? 0,
    reasoning,
  };
}

/**
 * The answer to a request (inference §1.3): a rule's reply, or the last user message when there is none.
 *
 * Reasoning, content and tool calls are produced in this order until `stop` (content only) or `max_tokens`
 * (everything) ends it; `finish_reason` is then `stop` or `length`, else the rule's, else `tool_calls` or
 * `stop`. Nothing produced of a part leaves it null. Tool call ids are `chatcmpl-tool-<32 hex>`.
 */
export function buildReply(
  request: ChatRequest,
  source: RuleReply | null,
  ids: IdSource,
  tokenizer: Tokenizer = APPROXIMATE,
): Reply {
  const thought = source?.reasoning_content;
  const reasoning = thought === undefined ? null : produce(thought, request.maxTokens, tokenizer);
  let left = request.maxTokens - (reasoning?.tokens ?? 0);
  let ended = reasoning?.ended ?? null;

  let content: Produced | null = null;
  const text = contentOf(request, source);
  if (ended === null && text !== null) {
    content = applyStop(produce(text, left, tokenizer), request, tokenizer);
    ended = content.ended;
    left -= content.tokens;
    // The budget went on reasoning: the content was never begun, which is not the same as empty.
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
  const given = source?.finish_reason;
  if (given !== undefined) return given;
  return callsTools ? "tool_calls" : "stop";
}
