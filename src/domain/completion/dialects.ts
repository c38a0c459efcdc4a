/** How each stream dialect (X-11) writes the changing parts of a chunk. */

import type { FinishReason, Reply } from "../chat.js";
import type { Settings } from "../settings.js";
import type { Delta } from "./deltas.js";

export interface Dialect {
  /** A delta before all others, or null. */
  readonly opening: string | null;
  /** The delta object; the first one has the role. */
  delta(delta: Delta, first: boolean): string;
  /** The delta object of the chunk with `finish_reason`. */
  readonly closing: string;
  /**
   * The keys after the delta in the choice.
   * @param finishReason null before the end
   * @param logprobs JSON of the chunk's log probabilities, or null
   */
  ending(finishReason: FinishReason | null, logprobs: string | null): string;
  /** Keys between `model` and `object`. */
  readonly extraKeys: string;
  /** `usage` on the chunks before the usage chunk: running numbers, null, or absent (I-1.4e). */
  runningUsage(options: {
    readonly includeUsage: boolean;
    readonly continuousUsage: boolean;
  }): "numbers" | "null" | "absent";
}

/** Only the keys that have a value. */
function presentKeys(reason: FinishReason | null, logprobs: string | null): string {
  const finish = reason === null ? "" : `,"finish_reason":"${reason}"`;
  return logprobs === null ? finish : `,"logprobs":${logprobs}${finish}`;
}

/** The newest: only keys with a value; the first text has the role (I-1.4b). */
const SPARSE: Dialect = {
  opening: null,
  delta({ kind, json }, first) {
    switch (kind) {
      case "content":
        return first ? `{"content":${json},"role":"assistant"}` : `{"content":${json}}`;
      case "reasoning":
        return first ? `{"role":"assistant","reasoning_content":${json}}` : `{"reasoning_content":${json}}`;
      case "tool":
        return first ? `{"tool_calls":[${json}],"role":"assistant"}` : `{"tool_calls":[${json}]}`;
    }
  },
  // Recordings also show empty content and the last text here.
  closing: "{}",
  ending: presentKeys,
  extraKeys: "",
  runningUsage: ({ continuousUsage }) => (continuousUsage ? "numbers" : "absent"),
};

/** Every delta has every key, also `reasoning_content` when the model reasons (I-1.4c). */
function full(reply: Reply): Dialect {
  const reasons = reply.reasoning !== null;
  const write = (content: string, tools: string, role: string, reasoning: string) =>
    `{"content":${content},"function_call":null,"tool_calls":${tools},"role":${role},"refusal":null` +
    (reasons ? `,"reasoning_content":${reasoning}}` : "}");
  return {
    opening: null,
    delta({ kind, json }, first) {
      const role = first ? '"assistant"' : "null";
      switch (kind) {
        case "content":
          return write(json, "null", role, "null");
        case "reasoning":
          return write("null", "null", role, json);
        case "tool":
          return write("null", `[${json}]`, role, "null");
      }
    },
    closing: write("null", "null", "null", "null"),
    ending: presentKeys,
    extraKeys: '"service_tier":null,"system_fingerprint":null,',
    runningUsage: ({ continuousUsage }) => (continuousUsage ? "numbers" : "null"),
  };
}

/** As OpenAI: the role in a delta of its own, `finish_reason` null until the end, no running usage (I-1.4j). */
function openai(reply: Reply): Dialect {
  return {
    opening: `{"role":"assistant","content":${reply.content === null ? "null" : '""'},"refusal":null}`,
    delta({ kind, json }) {
      switch (kind) {
        case "content":
          return `{"content":${json}}`;
        case "reasoning":
          return `{"reasoning_content":${json}}`;
        case "tool":
          return `{"tool_calls":[${json}]}`;
      }
    },
    closing: "{}",
    ending: (reason, logprobs) =>
      `,"logprobs":${logprobs ?? "null"},"finish_reason":${reason === null ? "null" : `"${reason}"`}`,
    extraKeys: '"service_tier":"default","system_fingerprint":null,',
    runningUsage: ({ includeUsage }) => (includeUsage ? "null" : "absent"),
  };
}

/** The writer of a dialect for one reply. */
export function dialectOf(name: Settings["streamDialect"], reply: Reply): Dialect {
  switch (name) {
    case "sparse":
      return SPARSE;
    case "full":
      return full(reply);
    case "openai":
      return openai(reply);
  }
}
