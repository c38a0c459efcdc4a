/** Requests, replies and ids that the completion tests start from. */

import type { ChatRequest, Reply } from "../../../src/domain/chat.js";
import type { CompletionMeta } from "../../../src/domain/completion/encode.js";

export const META: CompletionMeta = {
  id: "chatcmpl-0123456789abcdef0123456789abcdef",
  created: 1781697600,
  model: "acme/llama",
};

/** Ids that count up: 00…01, 00…02. */
export function countingIds() {
  let count = 0;
  return {
    hex32() {
      count += 1;
      return count.toString(16).padStart(32, "0");
    },
  };
}

/** A request that says `text`, with the defaults of I-1.1. */
export function chatRequest(text: string, overrides: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: META.model,
    messages: [{ role: "user", content: text }],
    stream: false,
    includeUsage: true,
    continuousUsage: true,
    maxTokens: 4096,
    stop: [],
    includeStop: false,
    logprobs: false,
    topLogprobs: 0,
    responseFormat: { type: "text" },
    tools: [],
    toolChoice: "auto",
    metadata: null,
    unknownFields: [],
    ...overrides,
  };
}

export function reply(overrides: Partial<Reply> = {}): Reply {
  return {
    content: null,
    reasoning: null,
    toolCalls: [],
    finishReason: "stop",
    usage: { prompt: 10, completion: 0, cached: 0, reasoning: 0 },
    ...overrides,
  };
}
