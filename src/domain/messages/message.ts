/**
 * The body of a `POST /v1/messages` answer that is not streamed (inference §3), and the pieces that it shares
 * with the stream. Built by hand: the key order is part of what clients see.
 */

import type { FinishReason, Reply, ToolCall, Usage } from "../chat.js";

/** What one answer says about itself. */
export interface MessageMeta {
  /** `msg_<32 hex>`. */
  readonly id: string;
  /** The slug as requested. */
  readonly model: string;
}

/** Why an answer ended, in the words of this route. */
export type StopReason = "end_turn" | "max_tokens" | "stop_sequence" | "tool_use";

/** Null where the chat route would leave `finish_reason` out. */
export function stopReasonOf(reply: Pick<Reply, "finishReason" | "stopSequence">): StopReason | null {
  if (reply.finishReason === null) return null;
  return stopReason(reply.finishReason, reply.stopSequence !== undefined);
}

function stopReason(finish: FinishReason, atSequence: boolean): StopReason {
  switch (finish) {
    case "stop":
      return atSequence ? "stop_sequence" : "end_turn";
    case "length":
      return "max_tokens";
    case "tool_calls":
      return "tool_use";
  }
}

/** `"stop_reason":...,"stop_sequence":...`: both keys are always there. */
export function stopKeys(reply: Reply): string {
  const reason = stopReasonOf(reply);
  const sequence = reason === "stop_sequence" ? reply.stopSequence : undefined;
  return `"stop_reason":${JSON.stringify(reason)},"stop_sequence":${JSON.stringify(sequence ?? null)}`;
}

/**
 * The usage block. Unlike with Anthropic, `input_tokens` includes `cache_read_input_tokens`, and there is no
 * `cache_creation_input_tokens` (inference §3).
 */
export function messageUsageJson({ prompt, completion, cached }: Usage): string {
  return `{"input_tokens":${prompt},"output_tokens":${completion},"cache_read_input_tokens":${cached}}`;
}

/** A thinking block. No signature is known of an open model, but Anthropic's SDKs expect the key. */
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

/** A call's arguments as compact JSON; `{}` for what is no object, such as text that `max_tokens` cut. */
function inputJson(args: string): string {
  try {
    const input: unknown = JSON.parse(args);
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return JSON.stringify(input);
  } catch {
    // Falls through to the empty object.
  }
  return "{}";
}

/** Thinking, text, tool calls, each only if there is something to say: an empty answer has no blocks. */
function contentJson(reply: Reply): string {
  const blocks: string[] = [];
  if (reply.reasoning) blocks.push(thinkingBlockJson(reply.reasoning));
  if (reply.content) blocks.push(textBlockJson(reply.content));
  for (const call of reply.toolCalls) blocks.push(toolUseBlockJson(call, inputJson(call.arguments)));
  return `[${blocks.join(",")}]`;
}

/** The exact bytes of a `message` body: compact JSON, keys in the order of the published description. */
export function encodeMessage(meta: MessageMeta, reply: Reply): string {
  return (
    `{"id":${JSON.stringify(meta.id)},"type":"message","role":"assistant","content":${contentJson(reply)}` +
    `,"model":${JSON.stringify(meta.model)},${stopKeys(reply)},"usage":${messageUsageJson(reply.usage)}}`
  );
}
