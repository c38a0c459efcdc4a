import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Reply } from "../../../src/domain/chat.js";
import type { Chunking } from "../../../src/domain/completion/deltas.js";
import { buildReply } from "../../../src/domain/completion/reply.js";
import { iterateFrames, type StreamFrame } from "../../../src/domain/completion/stream.js";
import { encodeCompletion } from "../../../src/domain/completion/sync.js";
import { chatRequest, countingIds, META } from "./support.js";

const TEXT = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.lorem({ maxCount: 12 }),
  fc.constantFrom("", "\r\n\n", "data: [DONE]\n\n", "\u2028\u2029", "\ud800"),
);
const COUNT = fc.option(fc.nat({ max: 5000 }), { nil: undefined });

/** Replies as rules make them, some cut, some with usage that has nothing to do with the text. */
const REPLY = fc
  .record({
    content: fc.option(TEXT, { nil: undefined }),
    reasoning: fc.option(TEXT, { nil: undefined }),
    calls: fc.array(fc.record({ name: TEXT, arguments: TEXT }), { maxLength: 3 }),
    maxTokens: fc.integer({ min: 1, max: 40 }),
    completion: COUNT,
    reasoningTokens: COUNT,
  })
  .map((drawn) =>
    buildReply(
      chatRequest("echo", { maxTokens: drawn.maxTokens }),
      {
        content: drawn.content,
        reasoning_content: drawn.reasoning,
        tool_calls: drawn.calls,
        usage: { completion_tokens: drawn.completion, reasoning_tokens: drawn.reasoningTokens },
      },
      countingIds(),
    ),
  );

const DIALECT = fc.constantFrom("sparse" as const, "full" as const, "openai" as const);
const OPTIONS = fc.record({ includeUsage: fc.boolean(), continuousUsage: fc.boolean() });
const CHUNKING: fc.Arbitrary<Chunking> = fc.record({
  tokensPerChunk: fc.integer({ min: 1, max: 5 }),
  toolDeltas: fc.constantFrom<Chunking["toolDeltas"]>(
    { style: "whole" },
    { style: "fragments" },
    { style: "new-id-per-delta", ids: countingIds() },
  ),
});

const TOOL_CALL = z.object({
  index: z.number(),
  id: z.string(),
  type: z.literal("function"),
  function: z.object({ name: z.string().optional(), arguments: z.string() }),
});
const USAGE = z.object({
  completion_tokens: z.number(),
  total_tokens: z.number(),
  completion_tokens_details: z.object({ reasoning_tokens: z.number() }),
});
const CHUNK = z.object({
  id: z.string(),
  choices: z
    .array(
      z.object({
        delta: z.object({
          role: z.string().nullish(),
          content: z.string().nullish(),
          reasoning_content: z.string().nullish(),
          tool_calls: z.array(TOOL_CALL).nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .max(1),
  object: z.literal("chat.completion.chunk"),
  usage: USAGE.nullish(),
});

/** The chunks of a stream; fails unless every frame is one `data:` line with JSON and `[DONE]` is last. */
function readChunks(frames: readonly StreamFrame[]) {
  const texts = frames.map(({ data }) => {
    expect(data).toMatch(/^data: [^\r\n]*\n\n$/);
    return data.slice("data: ".length, -2);
  });
  expect(texts.pop()).toBe("[DONE]");
  return texts.map((text) => CHUNK.parse(JSON.parse(text)));
}

/** Puts a message together as clients do: text appended, tool calls joined by index. */
function assemble(chunks: ReturnType<typeof readChunks>) {
  const message = { content: "", reasoning: "", finish: "", calls: new Map<number, string[]>() };
  for (const { delta, finish_reason } of chunks.flatMap(({ choices }) => choices)) {
    expect(message.finish).toBe("");
    message.content += delta.content ?? "";
    message.reasoning += delta.reasoning_content ?? "";
    message.finish = finish_reason ?? "";
    for (const call of delta.tool_calls ?? []) {
      const [name = "", args = ""] = message.calls.get(call.index) ?? [];
      message.calls.set(call.index, [name + (call.function.name ?? ""), args + call.function.arguments]);
    }
  }
  return message;
}

const WHOLE = z.object({
  choices: z.tuple([
    z.object({
      message: z.object({
        content: z.string().default(""),
        reasoning_content: z.string().default(""),
        tool_calls: z.array(TOOL_CALL.omit({ index: true })).default([]),
      }),
      finish_reason: z.string(),
    }),
  ]),
});

test("I-1.4: the deltas of a stream, put together, are the whole answer, in every dialect", () => {
  fc.assert(
    fc.property(REPLY, DIALECT, OPTIONS, CHUNKING, (said, dialect, options, chunking) => {
      const streamed = assemble(readChunks([...iterateFrames(META, options, said, dialect, chunking)]));
      const [whole] = WHOLE.parse(JSON.parse(encodeCompletion(META, said))).choices;
      expect(streamed).toEqual({
        content: whole.message.content,
        reasoning: whole.message.reasoning_content,
        finish: whole.finish_reason,
        calls: new Map(
          whole.message.tool_calls.map((call, i) => [i, [call.function.name, call.function.arguments]]),
        ),
      });
    }),
  );
});

test("I-1.4: the role is said in the first chunk and never again, under one id", () => {
  fc.assert(
    fc.property(REPLY, DIALECT, OPTIONS, CHUNKING, (said, dialect, options, chunking) => {
      const chunks = readChunks([...iterateFrames(META, options, said, dialect, chunking)]);
      const roles = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.role ?? null));
      expect(roles[0]).toBe("assistant");
      expect(roles.slice(1).every((role) => role === null)).toBe(true);
      expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    }),
  );
});

test("X-11, X-14: usage never falls and ends at the reply's", () => {
  const rising = (values: readonly number[]) => values.every((v, i) => i === 0 || v >= (values[i - 1] ?? 0));
  fc.assert(
    fc.property(REPLY, DIALECT, CHUNKING, (said: Reply, dialect, chunking) => {
      const options = { includeUsage: true, continuousUsage: true };
      const frames = [...iterateFrames(META, options, said, dialect, chunking)];
      const sent = frames.map(({ completionTokens }) => completionTokens);
      expect(rising(sent)).toBe(true);
      expect(sent.at(-1)).toBe(said.usage.completion);

      const usages = readChunks(frames).flatMap(({ usage }) => usage ?? []);
      expect(rising(usages.map((u) => u.completion_tokens))).toBe(true);
      expect(rising(usages.map((u) => u.completion_tokens_details.reasoning_tokens))).toBe(true);
      expect(usages.at(-1)).toEqual({
        completion_tokens: said.usage.completion,
        total_tokens: said.usage.prompt + said.usage.completion,
        completion_tokens_details: { reasoning_tokens: said.usage.reasoning },
      });
    }),
  );
});

test("X-11: the last delta already carries the final numbers", () => {
  fc.assert(
    fc.property(REPLY, DIALECT, CHUNKING, (said, dialect, chunking) => {
      const options = { includeUsage: false, continuousUsage: true };
      const frames = [...iterateFrames(META, options, { ...said, finishReason: null }, dialect, chunking)];
      expect(frames.at(-2)?.completionTokens).toBe(said.usage.completion);
    }),
  );
});
