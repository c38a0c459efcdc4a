import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { basetenHeaders, chat, MODEL_SERVER_HEADERS, seedWith } from "../support/chat.js";
import { type Answered, QUICKSTART } from "../support/client.js";

const DONE = "data: [DONE]\n\n";

/** The usage block of I-1.3. */
const usage = (prompt: number, completion: number) =>
  `{"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${prompt + completion}` +
  `,"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0}` +
  `,"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":0,"rejected_prediction_tokens":0}}`;

/** The events of a stream, parsed, without `[DONE]`; fails on anything that is not `data: ...\n\n`. */
function chunksOf({ text }: Answered) {
  expect(text).toMatch(/^(data: [^\n]+\n\n)+$/);
  return text
    .split("\n\n")
    .filter((frame) => frame !== "" && frame !== "data: [DONE]")
    .map((frame) => JSON.parse(frame.slice("data: ".length)));
}

const deltasOf = (answer: Answered) => chunksOf(answer).flatMap(({ choices }) => choices.map(deltaOf));
const deltaOf = ({ delta }: { delta: object }) => delta;
const withDialect = (stream_dialect: string, rest: object = {}) =>
  seedWith({ settings: { stream_dialect }, ...rest });

describe("the sparse dialect, the default (X-11, I-1.4)", () => {
  test("is this, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { stream: true });
    const id = chunksOf(answer)[0].id;
    expect(id).toMatch(/^chatcmpl-[0-9a-f]{32}$/);

    const frame = (choices: string, completion: number) =>
      `data: {"id":"${id}","choices":[${choices}],"created":1781697600,"model":"acme/llama"` +
      `,"object":"chat.completion.chunk","usage":${usage(10, completion)}}\n\n`;
    expect(answer.text).toBe(
      frame('{"index":0,"delta":{"content":"Hello","role":"assistant"}}', 1) +
        frame('{"index":0,"delta":{"content":","}}', 2) +
        frame('{"index":0,"delta":{"content":" world"}}', 3) +
        frame('{"index":0,"delta":{"content":"!"}}', 4) +
        frame('{"index":0,"delta":{},"finish_reason":"stop"}', 4) +
        frame("", 4) +
        DONE,
    );
  });

  test("has the headers of a stream (I-1.4, I-1.5)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { stream: true });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("vary")).toBe("Origin");
    expect(answer.headers.get("via")).toBe("1.1 google");
    expect(answer.headers.get("alt-svc")).toContain("h3=");
    expect(answer.headers.get("content-length")).toBeNull();
    expect(answer.headers.get("x-request-id")).toBeNull();
    expect(basetenHeaders(answer)).toEqual(MODEL_SERVER_HEADERS);
    expect(answer.headers.get("x-baseten-accepted-at")).toBe("1781697600000");
  });

  test("reasoning comes before content, the role with the first of it", async () => {
    const completions = [{ match: {}, reply: { reasoning_content: "Think on", content: "Yes sir" } }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions }) });
    expect(deltasOf(await chat(gateway, { stream: true }))).toEqual([
      { role: "assistant", reasoning_content: "Think" },
      { reasoning_content: " on" },
      { content: "Yes" },
      { content: " sir" },
      {},
    ]);
  });

  test("a tool call has index, id, type and function (I-1.4)", async () => {
    const tool_calls = [{ name: "square_root", arguments: { number: 132413 } }];
    const completions = [{ match: {}, reply: { tool_calls } }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions }) });
    const chunks = chunksOf(await chat(gateway, { stream: true }));
    expect(chunks.map(({ choices }) => choices)).toEqual([
      [
        {
          index: 0,
          delta: {
            tool_calls: [
              {
                index: 0,
                id: expect.stringMatching(/^chatcmpl-tool-[0-9a-f]{32}$/),
                type: "function",
                function: { name: "square_root", arguments: '{"number":132413}' },
              },
            ],
            role: "assistant",
          },
        },
      ],
      [{ index: 0, delta: {}, finish_reason: "tool_calls" }],
      [],
    ]);
  });
});

describe("the other dialects, by setting (X-11)", () => {
  test("full: every key in every delta, and service_tier and system_fingerprint", async () => {
    await using gateway = await startGatewayEmulator({ seed: withDialect("full") });
    const answer = await chat(gateway, { stream: true, messages: [{ role: "user", content: "Hello" }] });
    const id = chunksOf(answer)[0].id;
    const frame = (choices: string, completion: number) =>
      `data: {"id":"${id}","choices":[${choices}],"created":1781697600,"model":"acme/llama"` +
      `,"service_tier":null,"system_fingerprint":null,"object":"chat.completion.chunk"` +
      `,"usage":${usage(7, completion)}}\n\n`;
    const delta = (content: string, role: string) =>
      `{"content":${content},"function_call":null,"tool_calls":null,"role":${role},"refusal":null}`;
    expect(answer.text).toBe(
      frame(`{"index":0,"delta":${delta('"Hello"', '"assistant"')}}`, 1) +
        frame(`{"index":0,"delta":${delta("null", "null")},"finish_reason":"stop"}`, 1) +
        frame("", 1) +
        DONE,
    );
  });

  test("openai: the role first and alone, finish_reason null until the end, usage only at the end", async () => {
    await using gateway = await startGatewayEmulator({ seed: withDialect("openai") });
    const answer = await chat(gateway, { stream: true, messages: [{ role: "user", content: "Hello" }] });
    const chunks = chunksOf(answer);
    expect(chunks.map(({ choices, usage }) => [choices[0]?.delta, choices[0]?.finish_reason, usage])).toEqual(
      [
        [{ role: "assistant", content: "", refusal: null }, null, null],
        [{ content: "Hello" }, null, null],
        [{}, "stop", null],
        [undefined, undefined, JSON.parse(usage(7, 1))],
      ],
    );
    expect(answer.text.endsWith(`\n\n${DONE}`)).toBe(true);
  });

  test.each(["sparse", "full", "openai"])(
    "%s: one id, one created, one model on all chunks",
    async (dialect) => {
      await using gateway = await startGatewayEmulator({ seed: withDialect(dialect) });
      const chunks = chunksOf(await chat(gateway, { stream: true }));
      expect(
        new Set(chunks.map(({ id, created, model, object }) => `${id} ${created} ${model} ${object}`)).size,
      ).toBe(1);
    },
  );
});

describe("stream_options (X-12)", () => {
  const streamed = async (stream_options: object | null) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { stream: true, stream_options });
    expect(answer.text.endsWith(DONE)).toBe(true);
    const chunks = chunksOf(answer);
    return {
      running: chunks
        .filter(({ choices }) => choices.length > 0)
        .map(({ usage }) => usage?.completion_tokens),
      usageChunks: chunks.filter(({ choices }) => choices.length === 0).length,
    };
  };
  const RUNNING = [1, 2, 3, 4, 4];
  const NONE = RUNNING.map(() => undefined);

  test.each([
    [null, RUNNING, 1],
    [{}, RUNNING, 1],
    [{ include_usage: true }, RUNNING, 1],
    [{ include_usage: true, continuous_usage_stats: true }, RUNNING, 1],
    [{ include_usage: false }, RUNNING, 0],
    [{ continuous_usage_stats: false }, NONE, 1],
    [{ include_usage: false, continuous_usage_stats: false }, NONE, 0],
  ])("%j", async (options, running, usageChunks) => {
    expect(await streamed(options)).toEqual({ running, usageChunks });
  });

  test("no other key (I-1.1)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { stream: true, stream_options: { chunks: 3 } });
    expect(answer.body.error.message).toBe(
      "Invalid request: ['stream_options.chunks (3): Extra inputs are not permitted']",
    );
  });
});

describe("a stream says what the whole answer says", () => {
  test.each([
    [{ stop: " world" }, "Hello,", "stop", 2],
    [{ max_tokens: 3 }, "Hello, world", "length", 3],
    [{ max_completion_tokens: 1 }, "Hello", "length", 1],
  ])("%j", async (fields, content, finish, completion) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const chunks = chunksOf(await chat(gateway, { ...fields, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(content);
    expect(chunks.at(-2).choices[0].finish_reason).toBe(finish);
    expect(chunks.at(-1).usage.completion_tokens).toBe(completion);
  });

  test("x-emulator-usage: running usage rises to the wished numbers", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { stream: true }, { headers: { "x-emulator-usage": "100/9" } });
    const totals = chunksOf(answer).map(({ usage }) => usage);
    expect(totals.every(({ prompt_tokens }) => prompt_tokens === 100)).toBe(true);
    const running = totals.map(({ completion_tokens }) => completion_tokens);
    expect(running).toEqual([...running].sort((a, b) => a - b));
    expect(running.slice(-3)).toEqual([9, 9, 9]);
  });

  test("finish_reason: null leaves it out, and its chunk (I-1.3, I-1.4)", async () => {
    const completions = [{ match: {}, reply: { content: "Yes", finish_reason: null } }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions }) });
    const answer = await chat(gateway, { stream: true });
    expect(answer.text).not.toContain("finish_reason");
    expect(deltasOf(answer)).toEqual([{ content: "Yes", role: "assistant" }]);
    expect(answer.text.endsWith(DONE)).toBe(true);
  });

  test("text beyond ASCII arrives whole", async () => {
    const content = 'Grüße 👩‍👩‍👧 "quoted"\n\ttab \u2028 日本語';
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const deltas = deltasOf(await chat(gateway, { stream: true, messages: [{ role: "user", content }] }));
    expect(deltas.map((delta) => ("content" in delta ? delta.content : "")).join("")).toBe(content);
  });
});
