/**
 * The body of a whole `POST /v1/messages` answer (I-3e), and pieces for its stream. Built by hand, because the key
 * order is part of the contract.
 */

import type { Reply, ToolCall, Usage } from "../chat.js";
import { asObject, parseJson } from "../parse-json.js";

/** Identity of one answer. */
export interface MessageMeta {
  /** `msg_<32 hex>`. */
  readonly id: string;
  /** The slug as requested. */
  readonly model: string;
}

/** Why an answer ended, in the terms of this route. */
type StopReason = "end_turn" | "max_tokens" | "stop_sequence" | "tool_use";

/** null where a chat answer has no `finish_reason`. */
function stopReasonOf(reply: Pick<Reply, "finishReason" | "stopSequence">): StopReason | null {
  switch (reply.finishReason) {
    case "stop":
      return reply.stopSequence === undefined ? "end_turn" : "stop_sequence";
    case "length":
      return "max_tokens";
    case "tool_calls":
      return "tool_use";
    case null:
      return null;
  }
}

/** `"stop_reason":...,"stop_sequence":...`; both keys are always present. */
export function stopKeys(reply: Reply): string {
  const reason = stopReasonOf(reply);
  const sequence = reason === "stop_sequence" ? reply.stopSequence : undefined;
  return `"stop_reason":${JSON.stringify(reason)},"stop_sequence":${JSON.stringify(sequence ?? null)}`;
}

/**
 * The usage block. Unlike Anthropic's, `input_tokens` includes `cache_read_input_tokens`, and there is no
 * `cache_creation_input_tokens` (I-3f).
 */
export function messageUsageJson({ prompt, completion, cached }: Usage): string {
  return `{"input_tokens":${prompt},"output_tokens":${completion},"cache_read_input_tokens":${cached}}`;
}

/** A thinking block. Anthropic's SDKs expect a signature; no signature of an open model is known. */
export function thinkingBlockJson(thinking: string): string {
  return `{"type":"thinking","thinking":${JSON.stringify(thinking)},"signature":""}`;
}

export function textBlockJson(text: string): string {
  return `{"type":"text","text":${JSON.stringify(text)}}`;
}

/** @param inputJson a JSON object */
export function toolUseBlockJson(call: ToolCall, inputJson: string): string {
  return `{"type":"tool_use","id":${JSON.stringify(call.id)},"name":${JSON.stringify(call.name)},"input":${inputJson}}`;
}

/** A call's arguments as compact JSON; `{}` unless they are an object, for example when `max_tokens` cut them. */
function inputJson(args: string): string {
  return JSON.stringify(asObject(parseJson(args)) ?? {});
}

/** Blocks for thinking, text and tool calls, each only if present; an empty answer has none. */
function contentJson(reply: Reply): string {
  const blocks: string[] = [];
  if (reply.reasoning) blocks.push(thinkingBlockJson(reply.reasoning));
  if (reply.content) blocks.push(textBlockJson(reply.content));
  for (const call of reply.toolCalls) blocks.push(toolUseBlockJson(call, inputJson(call.arguments)));
  return `[${blocks.join(",")}]`;
}

/** The `message` body: compact JSON, keys in the order of the published description. */
export function encodeMessage(meta: MessageMeta, reply: Reply): string {
  return (
    `{"id":${JSON.stringify(meta.id)},"type":"message","role":"assistant","content":${contentJson(reply)}` +
    `,"model":${JSON.stringify(meta.model)},${stopKeys(reply)},"usage":${messageUsageJson(reply.usage)}}`
  );
}
