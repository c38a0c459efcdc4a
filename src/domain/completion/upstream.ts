/** Reads the answer of a real OpenAI-compatible server. Any JSON may arrive. */

import type { FinishReason } from "../chat.js";
import { asObject } from "../parse-json.js";
import type { RuleReply } from "./rules.js";

/**
 * Converts a `chat.completion` body into a reply, or null when it is not one. An unknown `finish_reason` becomes `stop`.
 */
export function readOpenAiAnswer(body: unknown): RuleReply | null {
  const { choices, usage } = fieldsOf(body);
  const choice = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
  const message = fieldsOf(choice.message);
  const calls = toolCallsOf(message.tool_calls);
  if (calls === null || choice.message === undefined) return null;
  const content = textOf(message.content);
  return {
    content: content ?? (calls.length > 0 ? undefined : ""),
    reasoning_content: textOf(message.reasoning_content) ?? textOf(message.reasoning),
    tool_calls: calls,
    finish_reason: finishReasonOf(choice.finish_reason),
    usage: usageOf(fieldsOf(usage)),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return asObject(value) ?? {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** null when the value is not a list of tool calls. */
function toolCallsOf(value: unknown): NonNullable<RuleReply["tool_calls"]>[number][] | null {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return null;
  const calls = [];
  for (const entry of value) {
    const { id, function: called } = fieldsOf(entry);
    const { name, arguments: args } = fieldsOf(called);
    if (typeof name !== "string" || typeof args !== "string") return null;
    calls.push({ name, arguments: args, id: textOf(id) });
  }
  return calls;
}

function finishReasonOf(value: unknown): FinishReason | undefined {
  switch (value) {
    case "stop":
    case "length":
    case "tool_calls":
      return value;
    default:
      return typeof value === "string" ? "stop" : undefined;
  }
}

function usageOf(usage: Fields): NonNullable<RuleReply["usage"]> {
  return {
    ...count("prompt_tokens", usage.prompt_tokens),
    ...count("completion_tokens", usage.completion_tokens),
    ...count("cached_tokens", fieldsOf(usage.prompt_tokens_details).cached_tokens),
    ...count("reasoning_tokens", fieldsOf(usage.completion_tokens_details).reasoning_tokens),
  };
}

function count(name: keyof NonNullable<RuleReply["usage"]>, value: unknown) {
  return Number.isSafeInteger(value) && typeof value === "number" && value >= 0 ? { [name]: value } : {};
}
