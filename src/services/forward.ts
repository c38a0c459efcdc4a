import type { ChatMessage, ChatRequest, ToolChoice, ToolDefinition } from "../domain/chat.js";
import type { RuleReply } from "../domain/completion/rules.js";
import { readOpenAiAnswer } from "../domain/completion/upstream.js";
import { errorMessage } from "../domain/error-message.js";
import { GatewayError } from "../domain/errors.js";
import { loopHeader, MAX_FORWARDS } from "../domain/forwarding-loop.js";
import { parseJson } from "../domain/parse-json.js";
import { post } from "./outgoing/post.js";
import type { WorldContext } from "./world-context.js";

/** Timeout of the real server, milliseconds of real time: the documented limit of a prediction (I-5.2f). */
const TIMEOUT_MS = 1_200_000;

/** The client's request, for rules that forward it. */
export interface Forwarding {
  /** The client's body, if it has OpenAI's format; absent for other dialects. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  /** The client's `CDN-Loop` header. */
  readonly loop?: string | undefined;
  /** Aborted when the client disconnects. */
  readonly signal?: AbortSignal | undefined;
}

/** Status of a server that found a loop (RFC 5842). */
const LOOP_DETECTED = 508;

/**
 * Sends a request to a real OpenAI-compatible server and returns its answer (Y-51). It always asks for a whole answer;
 * the emulator streams it, so that limits, faults and billing work as usual.
 * @throws GatewayError `model_unavailable` when the server is unreachable, or its answer is not valid or too large,
 *   `loop_detected` when the request comes back to an emulator again and again (Y-76), `client_gone` when the client has
 *   disconnected
 */
export async function forwardChat(
  { settings, addressGuard }: WorldContext,
  request: ChatRequest,
  target: NonNullable<RuleReply["forward"]>,
  { body, loop, signal }: Forwarding = {},
): Promise<RuleReply> {
  const url = `${target.url.replace(/\/$/, "")}/chat/completions`;
  const model = target.model ?? request.model;
  const hops = loopHeader(loop);
  if (hops === null) throw loopDetected(url);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const maxBytes = settings.maxAnswerBytes;
  try {
    const answer = await post(url, {
      headers: { "Content-Type": "application/json", ...target.headers, "CDN-Loop": hops },
      body: JSON.stringify(body ? { ...modelFields(body), model } : { ...bodyOf(request), model }),
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      maxBytes,
      guard: addressGuard,
    });
    if (answer.status === LOOP_DETECTED) throw loopDetected(url);
    if (answer.status < 200 || answer.status >= 300) throw new Error(`it answered ${answer.status}`);
    if (answer.truncated) throw new Error(tooLarge(maxBytes));
    const reply = readOpenAiAnswer(parseJson(answer.body.toString()));
    if (!reply) throw new Error("its answer is not a chat completion");
    return reply;
  } catch (cause) {
    if (signal?.aborted) throw new GatewayError("client_gone");
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError("model_unavailable", {
      hint: `Forwarding to ${url} failed: ${errorMessage(cause)}.`,
    });
  }
}

function tooLarge(maxBytes: number): string {
  return `its answer is larger than ${maxBytes} bytes; raise the setting max_answer_bytes`;
}

function loopDetected(url: string): GatewayError {
  return new GatewayError("loop_detected", {
    hint: `Forwarding to ${url} is a loop: the request was already forwarded ${MAX_FORWARDS} times by rules. Change forward.url of the rule.`,
  });
}

/** The body without the fields that only concern streaming or the gateway. */
function modelFields(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { stream, stream_options, metadata, ...rest } = body;
  return rest;
}

/** A request of another dialect in OpenAI's format, with the fields that change the answer. JSON drops undefined fields. */
function bodyOf({ messages, maxTokens, stop, tools, toolChoice }: ChatRequest) {
  return {
    messages: messages.map(messageOf),
    max_tokens: maxTokens,
    stop: stop.length > 0 ? stop : undefined,
    tools: tools.length > 0 ? tools.map(toolOf) : undefined,
    // `auto` is the default.
    tool_choice: tools.length > 0 && toolChoice !== "auto" ? choiceOf(toolChoice) : undefined,
  };
}

function messageOf({ content, tool_calls, ...rest }: ChatMessage) {
  return { ...rest, content: content ?? undefined, tool_calls: tool_calls?.map(callOf) };
}

function callOf({ id, function: called }: NonNullable<ChatMessage["tool_calls"]>[number]) {
  const { name, arguments: args } = called;
  const text = typeof args === "string" ? args : JSON.stringify(args);
  return { id, type: "function", function: { name, arguments: text } };
}

function toolOf({ name, description, parameters }: ToolDefinition) {
  return {
    type: "function",
    function: { name, description: description ?? undefined, parameters: parameters ?? undefined },
  };
}

function choiceOf(choice: ToolChoice) {
  return typeof choice === "object" ? { type: "function", function: choice } : choice;
}
