/** JSON pieces of whole answers and stream chunks. Built by hand, because the key order is part of the contract. */

import type { Reply, ToolCall, Usage } from "../chat.js";

/** Identity of one answer. */
export interface CompletionMeta {
  /** `chatcmpl-<32 hex>`; the same on every chunk of a stream. */
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  /** The slug as requested. */
  readonly model: string;
}

/** Writes the usage block with all its keys (I-1.3a). */
interface UsageWriter {
  /** The text up to the first number that changes during an answer. */
  readonly head: string;
  /** The rest, for the completion and reasoning tokens so far. */
  numbers(completion: number, reasoning: number): string;
}

/** A writer that encodes the constant parts of an answer's usage once. */
export function usageWriter({ prompt, cached }: Usage): UsageWriter {
  let lastReasoning = -1;
  let rest = "";
  return {
    head: `{"prompt_tokens":${prompt},"completion_tokens":`,
    numbers(completion, reasoning) {
      if (reasoning !== lastReasoning) {
        lastReasoning = reasoning;
        rest = [
          `,"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":`,
          cached,
          `},"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":`,
          reasoning,
          `,"rejected_prediction_tokens":0}}`,
        ].join("");
      }
      return `${completion},"total_tokens":${prompt + completion}${rest}`;
    },
  };
}

/** The usage block of a finished answer. */
export function usageJson(usage: Usage): string {
  const { head, numbers } = usageWriter(usage);
  return head + numbers(usage.completion, usage.reasoning);
}

/** One element of a message's `tool_calls` (I-1.3c). */
function toolCallJson(call: ToolCall): string {
  return `{"id":${JSON.stringify(call.id)},"type":"function","function":{"name":${JSON.stringify(call.name)},"arguments":${JSON.stringify(call.arguments)}}}`;
}

/** The message of a whole answer: `content, tool_calls, role, reasoning_content`, each only if present (I-1.3b). */
export function messageJson(reply: Reply): string {
  let json = "{";
  if (reply.content !== null) json += `"content":${JSON.stringify(reply.content)},`;
  if (reply.toolCalls.length > 0) json += `"tool_calls":[${reply.toolCalls.map(toolCallJson).join(",")}],`;
  json += `"role":"assistant"`;
  if (reply.reasoning !== null) json += `,"reasoning_content":${JSON.stringify(reply.reasoning)}`;
  return `${json}}`;
}
