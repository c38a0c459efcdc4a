import type { ChatMessage, ChatRequest, ToolChoice, ToolDefinition } from "../domain/chat.js";
import type { RuleReply } from "../domain/completion/rules.js";
import { readOpenAiAnswer } from "../domain/completion/upstream.js";
import { GatewayError } from "../domain/errors.js";

/** Longest wait for the real server, milliseconds of real time: the documented bound of a sync request. */
const TIMEOUT_MS = 1_200_000;

/** What a forwarded request has beside its values. */
export interface Forwarding {
  /** The client's own body, when it spoke as the real server does; absent for other dialects. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a real OpenAI-compatible server and answers in its words. It is asked for the whole answer; the
 * emulator streams it on, so that limits, faults and billing work as ever.
 * @throws GatewayError `model_unavailable` when it cannot be reached or does not answer as expected,
 *   `client_gone` when nobody waits for it any more
 */
export async function forwardChat(
  request: ChatRequest,
  target: NonNullable<RuleReply["forward"]>,
  { body, signal }: Forwarding = {},
): Promise<RuleReply> {
  const url = `${target.url.replace(/\/$/, "")}/chat/completions`;
  const model = target.model ?? request.model;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...target.headers },
      body: JSON.stringify(body ? { ...forTheModel(body), model } : { ...bodyOf(request), model }),
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const reply = readOpenAiAnswer(await response.json());
    if (!reply) throw new Error("its answer is no chat completion");
    return reply;
  } catch (cause) {
    if (signal?.aborted) throw new GatewayError("client_gone");
    throw new GatewayError("model_unavailable", { hint: `forwarding to ${url} failed: ${reasonOf(cause)}` });
  }
}

/** fetch itself only says that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** A body without what only paces the answer or is the gateway's own. */
function forTheModel(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { stream, stream_options, metadata, ...rest } = body;
  return rest;
}

/** A request of another dialect in OpenAI's shape: what shapes the answer, and nothing that was not given. */
function bodyOf({ messages, maxTokens, stop, tools, toolChoice }: ChatRequest) {
  return {
    messages: messages.map(messageOf),
    max_tokens: maxTokens,
    ...(stop.length > 0 ? { stop } : {}),
    ...(tools.length > 0 ? { tools: tools.map(toolOf) } : {}),
    // Without it a model chooses by itself when there are tools.
    ...(tools.length > 0 && toolChoice !== "auto" ? { tool_choice: choiceOf(toolChoice) } : {}),
  };
}

function messageOf({ content, tool_calls, ...rest }: ChatMessage) {
  return {
    ...rest,
    ...(content === null || content === undefined ? {} : { content }),
    ...(tool_calls ? { tool_calls: tool_calls.map(callOf) } : {}),
  };
}

function callOf({ id, function: called }: NonNullable<ChatMessage["tool_calls"]>[number]) {
  const { name, arguments: args } = called;
  const text = typeof args === "string" ? args : JSON.stringify(args);
  return { id, type: "function", function: { name, arguments: text } };
}

function toolOf({ name, description, parameters }: ToolDefinition) {
  return {
    type: "function",
    function: {
      name,
      ...(description === null ? {} : { description }),
      ...(parameters === null ? {} : { parameters }),
    },
  };
}

function choiceOf(choice: ToolChoice) {
  return typeof choice === "object" ? { type: "function", function: choice } : choice;
}
