import { describe, expect, test } from "vitest";
import type { Reply } from "../../../src/domain/chat.js";
import type { Chunking } from "../../../src/domain/completion/deltas.js";
import { iterateFrames, joinFrames, type StreamOptions } from "../../../src/domain/completion/stream.js";
import type { Settings } from "../../../src/domain/settings.js";
import { countingIds, META, reply } from "./support.js";

const DEFAULT_CHUNKING: Chunking = { tokensPerChunk: 1, toolDeltas: { style: "whole" } };

const BOTH: StreamOptions = { includeUsage: true, continuousUsage: true };
const ID = '"id":"chatcmpl-0123456789abcdef0123456789abcdef"';
const CREATED = '"created":1781697600,"model":"acme/llama"';
const SPARSE_TAIL = `${CREATED},"object":"chat.completion.chunk"`;
const FULL_TAIL = `${CREATED},"service_tier":null,"system_fingerprint":null,"object":"chat.completion.chunk"`;
const OPENAI_TAIL = `${CREATED},"service_tier":"default","system_fingerprint":null,"object":"chat.completion.chunk"`;

function usage(completion: number, reasoning = 0): string {
  return `"usage":{"prompt_tokens":10,"completion_tokens":${completion},"total_tokens":${10 + completion},"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0},"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":${reasoning},"rejected_prediction_tokens":0}}`;
}

function stream(
  said: Reply,
  dialect: Settings["streamDialect"] = "sparse",
  options: StreamOptions = BOTH,
  chunking: Chunking = DEFAULT_CHUNKING,
): string[] {
  return [...iterateFrames(META, options, said, dialect, chunking)].map((frame) => frame.data);
}

/** The frame of one JSON text. */
function frame(json: string): string {
  return `data: ${json}\n\n`;
}

const HELLO = reply({
  content: "Hello, world",
  usage: { prompt: 10, completion: 3, cached: 0, reasoning: 0 },
});
const THINKING = reply({
  reasoning: "Hm",
  content: "Yes",
  usage: { prompt: 10, completion: 2, cached: 0, reasoning: 1 },
});

describe("X-11: the sparse dialect (I-1.4b)", () => {
  test("role with the first text, running usage, finish_reason alone, usage chunk, [DONE]", () => {
    expect(stream(HELLO)).toEqual([
      frame(
        `{${ID},"choices":[{"index":0,"delta":{"content":"Hello","role":"assistant"}}],${SPARSE_TAIL},${usage(1)}}`,
      ),
      frame(`{${ID},"choices":[{"index":0,"delta":{"content":","}}],${SPARSE_TAIL},${usage(2)}}`),
      frame(`{${ID},"choices":[{"index":0,"delta":{"content":" world"}}],${SPARSE_TAIL},${usage(3)}}`),
      frame(`{${ID},"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],${SPARSE_TAIL},${usage(3)}}`),
      frame(`{${ID},"choices":[],${SPARSE_TAIL},${usage(3)}}`),
      frame("[DONE]"),
    ]);
  });

  test("reasoning comes before content and brings the role", () => {
    expect(stream(THINKING).slice(0, 3)).toEqual([
      frame(
        `{${ID},"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm"}}],${SPARSE_TAIL},${usage(1, 1)}}`,
      ),
      frame(`{${ID},"choices":[{"index":0,"delta":{"content":"Yes"}}],${SPARSE_TAIL},${usage(2, 1)}}`),
      frame(
        `{${ID},"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],${SPARSE_TAIL},${usage(2, 1)}}`,
      ),
    ]);
  });

  test("an empty answer still says its role", () => {
    expect(stream(reply({ content: "" }))[0]).toContain('"delta":{"content":"","role":"assistant"}}');
    expect(stream(reply({ content: null }))[0]).toContain('"delta":{"content":"","role":"assistant"}}');
  });

  test("an answer cut by max_tokens ends with length", () => {
    expect(stream({ ...HELLO, finishReason: "length" })[3]).toContain(
      '"delta":{},"finish_reason":"length"}]',
    );
  });

  test("I-1.3: without a finish reason there is no such chunk", () => {
    const frames = stream({ ...HELLO, finishReason: null });
    expect(frames).toHaveLength(5);
    expect(frames.join("")).not.toContain("finish_reason");
  });
});

describe("X-12: stream_options", () => {
  test("continuous_usage_stats false drops the running usage", () => {
    const frames = stream(HELLO, "sparse", { includeUsage: true, continuousUsage: false });
    expect(frames[1]).toBe(frame(`{${ID},"choices":[{"index":0,"delta":{"content":","}}],${SPARSE_TAIL}}`));
    expect(frames.at(-2)).toBe(frame(`{${ID},"choices":[],${SPARSE_TAIL},${usage(3)}}`));
  });

  test("include_usage false drops the usage chunk", () => {
    const frames = stream(HELLO, "sparse", { includeUsage: false, continuousUsage: true });
    expect(frames.slice(-2)).toEqual([
      frame(`{${ID},"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],${SPARSE_TAIL},${usage(3)}}`),
      frame("[DONE]"),
    ]);
  });
});

describe("X-11: the full dialect (I-1.4c)", () => {
  test("every key on every delta, role null after the first", () => {
    const said = { ...HELLO, content: "Hi!", usage: { ...HELLO.usage, completion: 2 } };
    expect(stream(said, "full")).toEqual([
      frame(
        `{${ID},"choices":[{"index":0,"delta":{"content":"Hi","function_call":null,"tool_calls":null,"role":"assistant","refusal":null}}],${FULL_TAIL},${usage(1)}}`,
      ),
      frame(
        `{${ID},"choices":[{"index":0,"delta":{"content":"!","function_call":null,"tool_calls":null,"role":null,"refusal":null}}],${FULL_TAIL},${usage(2)}}`,
      ),
      frame(
        `{${ID},"choices":[{"index":0,"delta":{"content":null,"function_call":null,"tool_calls":null,"role":null,"refusal":null},"finish_reason":"stop"}],${FULL_TAIL},${usage(2)}}`,
      ),
      frame(`{${ID},"choices":[],${FULL_TAIL},${usage(2)}}`),
      frame("[DONE]"),
    ]);
  });

  test("a model that reasons has reasoning_content on every delta", () => {
    const frames = stream(THINKING, "full");
    expect(frames[0]).toContain(
      '"delta":{"content":null,"function_call":null,"tool_calls":null,"role":"assistant","refusal":null,"reasoning_content":"Hm"}}',
    );
    expect(frames[1]).toContain('"role":null,"refusal":null,"reasoning_content":null}}');
  });

  test("X-12: without running usage the key is null", () => {
    const frames = stream(HELLO, "full", { includeUsage: true, continuousUsage: false });
    expect(frames[0]).toContain(`${FULL_TAIL},"usage":null}`);
  });
});

describe("X-11: the openai dialect", () => {
  const said = { ...HELLO, content: "Hi", usage: { ...HELLO.usage, completion: 1 } };

  test("the role alone first, finish_reason null until the end, usage only in its chunk", () => {
    expect(stream(said, "openai")).toEqual([
      frame(
        `{${ID},"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],${OPENAI_TAIL},"usage":null}`,
      ),
      frame(
        `{${ID},"choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}],${OPENAI_TAIL},"usage":null}`,
      ),
      frame(
        `{${ID},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],${OPENAI_TAIL},"usage":null}`,
      ),
      frame(`{${ID},"choices":[],${OPENAI_TAIL},${usage(1)}}`),
      frame("[DONE]"),
    ]);
  });

  test("X-12: include_usage false leaves usage out altogether", () => {
    const frames = stream(said, "openai", { includeUsage: false, continuousUsage: true });
    expect(frames).toHaveLength(4);
    expect(frames.join("")).not.toContain("usage");
  });
});

describe("I-1.4: tool deltas", () => {
  const CALL = { id: "chatcmpl-tool-a", name: "root", arguments: '{"n":4}' };
  const said = reply({
    toolCalls: [CALL, { ...CALL, id: "chatcmpl-tool-b" }],
    finishReason: "tool_calls",
    usage: { prompt: 10, completion: 16, cached: 0, reasoning: 0 },
  });
  const choices = (chunking: Chunking) =>
    stream(said, "sparse", BOTH, chunking).map((data) => /"choices":\[(.*?)\],"created"/.exec(data)?.[1]);

  test("whole: each call in one delta", () => {
    expect(choices(DEFAULT_CHUNKING)).toEqual([
      '{"index":0,"delta":{"tool_calls":[{"index":0,"id":"chatcmpl-tool-a","type":"function","function":{"name":"root","arguments":"{\\"n\\":4}"}}],"role":"assistant"}}',
      '{"index":0,"delta":{"tool_calls":[{"index":1,"id":"chatcmpl-tool-b","type":"function","function":{"name":"root","arguments":"{\\"n\\":4}"}}]}}',
      '{"index":0,"delta":{},"finish_reason":"tool_calls"}',
      "",
      undefined,
    ]);
  });

  test("fragments: same id, no name on continuations, the last one with finish_reason", () => {
    const lines = choices({ tokensPerChunk: 5, toolDeltas: { style: "fragments" } });
    expect(lines).toEqual([
      '{"index":0,"delta":{"tool_calls":[{"index":0,"id":"chatcmpl-tool-a","type":"function","function":{"name":"root","arguments":"{\\"n\\":"}}],"role":"assistant"}}',
      '{"index":0,"delta":{"tool_calls":[{"index":0,"id":"chatcmpl-tool-a","type":"function","function":{"arguments":"4}"}}]}}',
      '{"index":0,"delta":{"tool_calls":[{"index":1,"id":"chatcmpl-tool-b","type":"function","function":{"name":"root","arguments":"{\\"n\\":"}}]}}',
      '{"index":0,"delta":{"tool_calls":[{"index":1,"id":"chatcmpl-tool-b","type":"function","function":{"arguments":"4}"}}]},"finish_reason":"tool_calls"}',
      "",
      undefined,
    ]);
  });

  test("new-id-per-delta: another id each time, an empty name on continuations", () => {
    const lines = choices({
      tokensPerChunk: 5,
      toolDeltas: { style: "new-id-per-delta", ids: countingIds() },
    });
    expect(lines.slice(0, 2)).toEqual([
      '{"index":0,"delta":{"tool_calls":[{"index":0,"id":"chatcmpl-tool-a","type":"function","function":{"name":"root","arguments":"{\\"n\\":"}}],"role":"assistant"}}',
      '{"index":0,"delta":{"tool_calls":[{"index":0,"id":"chatcmpl-tool-00000000000000000000000000000001","type":"function","function":{"name":"","arguments":"4}"}}]}}',
    ]);
    expect(lines[4]).toBe('{"index":0,"delta":{},"finish_reason":"tool_calls"}');
  });

  test("a call without arguments still has a delta", () => {
    const empty = reply({ toolCalls: [{ ...CALL, arguments: "" }], finishReason: "tool_calls" });
    for (const style of ["whole", "fragments"] as const) {
      const chunking = { tokensPerChunk: 1, toolDeltas: { style } };
      expect(stream(empty, "sparse", BOTH, chunking)[0]).toContain('"name":"root","arguments":""}');
    }
  });

  test("openai: a pure tool call opens with null content", () => {
    expect(stream(said, "openai")[0]).toContain('"delta":{"role":"assistant","content":null,"refusal":null}');
  });
});

describe("frames", () => {
  test("several tokens fit into one chunk", () => {
    const frames = stream(HELLO, "sparse", BOTH, { ...DEFAULT_CHUNKING, tokensPerChunk: 2 });
    expect(frames[0]).toContain('"content":"Hello,"');
    expect(frames[1]).toContain('"content":" world"');
  });

  test("L-4: each frame says how many completion tokens are out once it is sent", () => {
    const tokens = (dialect: Settings["streamDialect"]) =>
      [...iterateFrames(META, BOTH, HELLO, dialect, DEFAULT_CHUNKING)].map((f) => f.completionTokens);
    expect(tokens("sparse")).toEqual([1, 2, 3, 3, 3, 3]);
    expect(tokens("openai")).toEqual([0, 1, 2, 3, 3, 3, 3]);
  });

  test("X-14: a rule's count is reached step by step", () => {
    const said = { ...HELLO, usage: { ...HELLO.usage, completion: 100 } };
    const frames = [...iterateFrames(META, BOTH, said, "sparse", DEFAULT_CHUNKING)];
    expect(frames.map((f) => f.completionTokens)).toEqual([33, 66, 100, 100, 100, 100]);
  });

  test("joined they are the body, one event after the other", () => {
    const frames = [...iterateFrames(META, BOTH, HELLO, "sparse", DEFAULT_CHUNKING)];
    expect(joinFrames(frames)).toBe(stream(HELLO).join(""));
  });
});
