import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { CHAT, chat, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { call } from "../support/client.js";
import { COUNTED, openStream, until, untilUsed, usedToday } from "./support.js";

/** Six tokens; the prompt of `HELLO` has ten. */
const SIX = "one two three four five six";

/** One rule that says `content` in this style. */
function styled(stream: object, reply: object = {}, settings: object = {}) {
  return seedWith({
    model: COUNTED,
    settings,
    completions: [{ reply: { content: SIX, stream, ...reply } }],
  });
}

/** What fell due, as milliseconds after noon. */
async function fired(gateway: GatewayEmulator, by: number): Promise<number[]> {
  const jobs = await gateway.clock.advance(by);
  return jobs.map(({ at }) => at - Date.parse("2026-06-17T12:00:00Z"));
}

/** All events of a stream that nothing paces, without `[DONE]`. */
async function eventsOf(stream: object, reply: object = {}, fields: object = {}) {
  await using gateway = await startGatewayEmulator({ seed: styled(stream, reply) });
  const events = await (await openStream(gateway, fields)).rest();
  return { done: events.at(-1) === "[DONE]", chunks: events.filter((e) => e !== "[DONE]").map(parse) };
}
const parse = (event: string) => JSON.parse(event);
const textsOf = ({ chunks }: Awaited<ReturnType<typeof eventsOf>>): string[] =>
  chunks.map(({ choices }) => choices[0]?.delta.content).filter((text) => text !== undefined);

describe("pace, on the world's clock", () => {
  test("tokens_per_second: the first at once, then one by one", async () => {
    await using gateway = await startGatewayEmulator({ seed: styled({ tokens_per_second: 50 }) });
    const stream = await openStream(gateway);
    expect(await stream.text()).toBe("one");
    expect(await fired(gateway, 19)).toEqual([]);
    expect(await fired(gateway, 1)).toEqual([20]);
    expect(await stream.text()).toBe(" two");
    expect(await fired(gateway, 60)).toEqual([40, 60, 80]);
    expect([await stream.text(), await stream.text(), await stream.text()]).toEqual([
      " three",
      " four",
      " five",
    ]);
    expect(await fired(gateway, 1_000)).toEqual([100]);
    expect(await stream.text()).toBe(" six");
    const rest = await stream.rest();
    expect(rest).toHaveLength(3);
    expect(rest.at(-1)).toBe("[DONE]");
    expect((await gateway.requests())[0]).toMatchObject({
      status: 200,
      durationMs: 100,
      completionTokens: 6,
    });
  });

  test("ttft_ms: not even the headers before", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({ ttft_ms: 300, tokens_per_second: 10 }),
    });
    const opening = openStream(gateway);
    await untilUsed(gateway, 1);
    expect(await fired(gateway, 299)).toEqual([]);
    expect(await fired(gateway, 1)).toEqual([300]);
    const stream = await opening;
    expect(await stream.text()).toBe("one");
    expect(await fired(gateway, 10_000)).toEqual([400, 500, 600, 700, 800]);
  });

  test("ttft_ms alone: then all at once", async () => {
    await using gateway = await startGatewayEmulator({ seed: styled({ ttft_ms: 300 }) });
    const opening = openStream(gateway);
    await untilUsed(gateway, 1);
    expect(await fired(gateway, 300)).toEqual([300]);
    expect(await (await opening).rest()).toHaveLength(6 + 3);
  });

  test("a pace that does not divide a second does not drift", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({ tokens_per_second: 7 }, { content: Array(15).fill("a").join(" ") }),
    });
    await openStream(gateway);
    const due = Array.from({ length: 14 }, (_, index) => Math.ceil(((index + 1) * 1000) / 7));
    expect(await fired(gateway, 2_000)).toEqual(due);
    expect(due[6]).toBe(1_000);
  });

  test("larger pieces take as long as their tokens", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({ tokens_per_second: 10, chunk_tokens: 3 }),
    });
    const stream = await openStream(gateway);
    expect(await fired(gateway, 1_000)).toEqual([300]);
    expect([await stream.text(), await stream.text()]).toEqual(["one two three", " four five six"]);
  });

  test("pieces within a token come with it", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({ tokens_per_second: 10, chunk_characters: 2 }, { content: "abcd efgh" }),
    });
    const stream = await openStream(gateway);
    expect(await fired(gateway, 1_000)).toEqual([100]);
    const usages = (await stream.rest())
      .slice(0, 5)
      .map((event) => [parse(event).choices[0].delta.content, parse(event).usage.completion_tokens]);
    expect(usages).toEqual([
      ["ab", 0],
      ["cd", 1],
      [" e", 1],
      ["fg", 1],
      ["h", 2],
    ]);
  });

  test("the same in every dialect: a chunk that only opens the answer takes no token's time", async () => {
    const paced = { content: "a b c", stream: { ttft_ms: 100, tokens_per_second: 10 } };
    for (const stream_dialect of ["sparse", "full", "openai"]) {
      await using gateway = await startGatewayEmulator({ seed: styled({}, paced, { stream_dialect }) });
      const opening = openStream(gateway);
      await untilUsed(gateway, 1);
      expect(await fired(gateway, 1_000), stream_dialect).toEqual([100, 200, 300]);
      await (await opening).rest();
    }
  });

  test("the same for POST /v1/messages, and for a whole answer", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({}, { content: "a b c", stream: { ttft_ms: 100, tokens_per_second: 10 } }),
    });
    const message = { ...HELLO, max_tokens: 10, stream: true };
    const streaming = call(gateway, "POST", "/v1/messages", { key: FEDERATED_KEY, body: message });
    await untilUsed(gateway, 1);
    expect(await fired(gateway, 1_000)).toEqual([100, 200, 300]);
    await streaming;
    const whole = chat(gateway);
    await untilUsed(gateway, 2);
    expect(await fired(gateway, 1_000)).toEqual([1_300]);
    await whole;
  });

  test("jitter_ms delays each chunk by up to so much, by the random seed", async () => {
    const times = async (random_seed: number) => {
      const seed = { ...styled({ tokens_per_second: 10, jitter_ms: 50 }), random_seed };
      await using gateway = await startGatewayEmulator({ seed });
      const opening = openStream(gateway);
      await untilUsed(gateway, 1);
      const due = await fired(gateway, 1_000);
      await (await opening).rest();
      return due;
    };
    const due = await times(1);
    expect(due).toHaveLength(6);
    for (const [index, at] of due.entries()) {
      expect(at).toBeGreaterThanOrEqual(index * 100);
      expect(at).toBeLessThanOrEqual(index * 100 + 50);
    }
    expect(due).not.toEqual([0, 100, 200, 300, 400, 500]);
    expect(await times(1)).toEqual(due);
    expect(await times(2)).not.toEqual(due);
  });

  test("jitter_ms without a pace: every chunk up to so late, none before the one before", async () => {
    await using gateway = await startGatewayEmulator({ seed: styled({ jitter_ms: 50 }) });
    const opening = openStream(gateway);
    await untilUsed(gateway, 1);
    const due = await fired(gateway, 1_000);
    await (await opening).rest();
    expect(due.length).toBeGreaterThan(1);
    expect(due).toEqual(due.toSorted((one, other) => one - other));
    expect(due.at(-1)).toBeLessThanOrEqual(50);
  });

  test("settings.stream is for all, and a rule's own block goes over it", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({ chunk_tokens: 2 }, {}, { stream: { tokens_per_second: 1, chunk_tokens: 6 } }),
    });
    const stream = await openStream(gateway);
    expect(await fired(gateway, 60_000)).toEqual([2_000, 4_000]);
    expect(await stream.text()).toBe("one two");
  });

  test("a JSON answer takes as long as its stream", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({ ttft_ms: 100, tokens_per_second: 3 }),
    });
    const answering = chat(gateway);
    await untilUsed(gateway, 1);
    expect(await gateway.requests()).toEqual([]);
    expect(await fired(gateway, 100_000)).toEqual([Math.ceil(100 + 5_000 / 3)]);
    expect((await answering).status).toBe(200);
    expect((await gateway.requests())[0]?.durationMs).toBe(1767);
  });

  test("a JSON answer of one token with no wait for it does not wait for the clock", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({ tokens_per_second: 1 }, { content: "one" }),
    });
    expect((await chat(gateway)).status).toBe(200);
  });

  test("in real time it arrives by itself", async () => {
    const seed = seedWith({
      top: { clock: undefined },
      completions: [{ reply: { content: SIX, stream: { ttft_ms: 1, tokens_per_second: 1_000 } } }],
    });
    await using gateway = await startGatewayEmulator({ seed });
    expect(await (await openStream(gateway)).rest()).toHaveLength(9);
  });

  test("many at once, each at its own times", async () => {
    await using gateway = await startGatewayEmulator({ seed: styled({ tokens_per_second: 10 }) });
    const first = await openStream(gateway);
    await fired(gateway, 50);
    const second = await openStream(gateway);
    expect(await fired(gateway, 200)).toEqual([100, 150, 200, 250]);
    await fired(gateway, 10_000);
    expect(await first.rest()).toHaveLength(9);
    expect(await second.rest()).toHaveLength(9);
  });
});

describe("pieces", () => {
  test.each([
    [{ chunk_tokens: 4 }, ["one two three four", " five six"]],
    [{ chunk_characters: 10 }, ["one two th", "ree four f", "ive six"]],
    [{ chunks: ["one ", "", "two three", " four five six"] }, ["one ", "", "two three", " four five six"]],
    [{ chunks: ["one t", "wo"] }, ["one t", "wo", " three", " four", " five", " six"]],
    [{ chunks: ["on"], chunk_tokens: 2 }, ["on", "e two", " three four", " five six"]],
    [{ chunks: ["two"] }, ["one", " two", " three", " four", " five", " six"]],
  ])("%j", async (stream, texts) => {
    const events = await eventsOf(stream);
    expect(textsOf(events)).toEqual(texts);
    expect(events.chunks.at(-1).usage.completion_tokens).toBe(6);
  });

  test("no half of a character", async () => {
    expect(textsOf(await eventsOf({ chunk_characters: 1 }, { content: "a😀b" }))).toEqual(["a", "😀", "b"]);
  });

  test.each([
    ["whole", 1, ['{"city":"Paris"}'], [1]],
    ["fragments", 1, ['{"', "city", '":"', "Paris", '"}'], [1]],
    ["new-id-per-delta", 5, ['{"', "city", '":"', "Paris", '"}'], [5]],
  ])("tool_deltas %s (I-1.4)", async (tool_deltas, ids, pieces) => {
    const { chunks } = await eventsOf(
      { tool_deltas, chunk_tokens: 2 },
      { content: undefined, tool_calls: [{ name: "get_weather", arguments: { city: "Paris" } }] },
    );
    const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(deltas.map((delta) => delta.function.arguments).join("")).toBe('{"city":"Paris"}');
    expect(deltas.length > 1).toBe(pieces.length > 1);
    expect(new Set(deltas.map(({ id }) => id)).size).toBe(ids === 1 ? 1 : deltas.length);
    expect(deltas.every(({ index, type }) => index === 0 && type === "function")).toBe(true);
    const finish = chunks.findIndex(({ choices }) => choices[0]?.finish_reason === "tool_calls");
    expect(chunks[finish].choices[0].delta.tool_calls !== undefined).toBe(tool_deltas === "fragments");
  });
});

describe("recorded irregularities (I-1.4)", () => {
  test("done_after_stop: false leaves [DONE] out, but only after a stop sequence", async () => {
    const style = { done_after_stop: false };
    const stopped = await eventsOf(style, {}, { stop: " four" });
    expect([stopped.done, textsOf(stopped).join("")]).toEqual([false, "one two three"]);
    expect((await eventsOf(style)).done).toBe(true);
    expect((await eventsOf({}, {}, { stop: " four" })).done).toBe(true);
  });

  test("finish_reason_in_json_mode: false: no finish_reason, no usage chunk, but [DONE]; whole answers too", async () => {
    const style = { finish_reason_in_json_mode: false };
    const json = { response_format: { type: "json_object" } };
    const { done, chunks } = await eventsOf(style, { content: '{"a":1}' }, json);
    expect(done).toBe(true);
    expect(chunks.every(({ choices }) => choices.length === 1 && !("finish_reason" in choices[0]))).toBe(
      true,
    );
    expect((await eventsOf(style)).chunks.at(-2).choices[0].finish_reason).toBe("stop");

    await using gateway = await startGatewayEmulator({ seed: styled(style) });
    expect((await chat(gateway, json)).body.choices[0]).not.toHaveProperty("finish_reason");
    expect((await chat(gateway)).body.choices[0].finish_reason).toBe("stop");
  });

  test("usage_chunk: false leaves it out, whatever was asked", async () => {
    const asked = { stream_options: { include_usage: true } };
    const { done, chunks } = await eventsOf({ usage_chunk: false }, {}, asked);
    expect([done, chunks.at(-1).choices[0].finish_reason]).toEqual([true, "stop"]);
  });
});

describe("a client that hangs up (L-4)", () => {
  test("is noticed at once: the prompt and what was sent are charged, the rest is never made", async () => {
    await using gateway = await startGatewayEmulator({ seed: styled({ tokens_per_second: 10 }) });
    const stream = await openStream(gateway);
    await fired(gateway, 200);
    for (const text of ["one", " two", " three"]) expect(await stream.text()).toBe(text);
    stream.hangUp();
    const entry = await until(async () => (await gateway.requests())[0]);
    expect(entry).toMatchObject({ status: 200, promptTokens: 10, completionTokens: 3 });
    expect(entry.notes).toContain("the client hung up after 3 chunks");
    expect(entry.responseBody).toContain(" three");
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 13 });
    expect(await fired(gateway, 10_000)).toEqual([]);
    expect(await gateway.requests({ path: CHAT })).toHaveLength(1);
  });

  test("a rule's usage is charged in part as well", async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 60 };
    await using gateway = await startGatewayEmulator({ seed: styled({ tokens_per_second: 10 }, { usage }) });
    const stream = await openStream(gateway);
    await stream.text();
    stream.hangUp();
    await until(async () => (await gateway.requests())[0]);
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 110 });
  });

  test("before the first byte, of a stream or a JSON answer: the prompt alone", async () => {
    await using gateway = await startGatewayEmulator({ seed: styled({ ttft_ms: 1_000 }) });
    for (const [index, stream] of [true, false].entries()) {
      const abort = new AbortController();
      const asking = fetch(`${gateway.inferenceUrl}/chat/completions`, {
        method: "POST",
        headers: {
          Authorization: `Api-Key ${gateway.keys["acme-prod"]}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify({ model: "acme/llama", messages: [{ role: "user", content: "Hi" }], stream }),
        signal: abort.signal,
      });
      await untilUsed(gateway, index + 1);
      abort.abort();
      await expect(asking).rejects.toThrow();
      const entry = await until(async () => (await gateway.requests())[index]);
      expect(entry).toMatchObject({ promptTokens: 7, completionTokens: 0 });
      expect(entry.notes.at(-1)).toMatch(/client hung up after 0 chunks|connection ended before the answer/);
    }
    expect(await usedToday(gateway)).toEqual({ REQUEST: 2, TOKEN: 14 });
    expect(await fired(gateway, 10_000)).toEqual([]);
  });
});

describe("reset in the middle", () => {
  test("ends paced answers, and leaves no trace of them", async () => {
    await using gateway = await startGatewayEmulator({
      seed: styled({ ttft_ms: 100, tokens_per_second: 10 }),
    });
    const opening = openStream(gateway);
    await untilUsed(gateway, 1);
    await fired(gateway, 200);
    const stream = await opening;
    expect([await stream.text(), await stream.text()]).toEqual(["one", " two"]);
    const whole = broken(chat(gateway));
    const early = broken(openStream(gateway));
    await untilUsed(gateway, 3);
    await call(gateway, "POST", "/_emulator/reset", { key: null });
    await expect(stream.rest()).rejects.toThrow();
    expect(await Promise.all([whole, early])).toEqual([true, true]);
    expect(await fired(gateway, 60_000)).toEqual([]);
    expect(await gateway.requests()).toEqual([]);
    expect(await usedToday(gateway)).toEqual({ REQUEST: null, TOKEN: null });
  });

  test("also ends a stream that a fault stalls for ever", async () => {
    await using gateway = await startGatewayEmulator({
      seed: { ...styled({}), faults: [{ fault: { stall: { after_chunks: 1 } } }] },
    });
    const stream = await openStream(gateway);
    expect(await stream.text()).toBe("one");
    expect(await fired(gateway, 1_000_000)).toEqual([]);
    await gateway.reset();
    await expect(stream.rest()).rejects.toThrow();
    expect(await gateway.requests()).toEqual([]);
  });
});

/** Whether the answer never came, because its connection broke. */
function broken(answer: Promise<unknown>): Promise<boolean> {
  return answer.then(
    () => false,
    () => true,
  );
}

describe("stop()", () => {
  test("does not wait for a frozen clock; what was sent is charged (L-4, L-15)", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
    const options = {
      state: join(folder, "state.db"),
      seed: styled({ ttft_ms: 100, tokens_per_second: 10 }),
    };
    try {
      const gateway = await startGatewayEmulator(options);
      const opening = openStream(gateway);
      await untilUsed(gateway, 1);
      await fired(gateway, 200);
      const stream = await opening;
      const whole = broken(chat(gateway));
      await untilUsed(gateway, 2);
      const delayed = broken(chat(gateway, {}, { headers: { "x-emulator-fault": '{"delay":"1h"}' } }));
      await untilUsed(gateway, 3);
      await gateway.stop();
      await expect(stream.rest()).rejects.toThrow();
      expect(await Promise.all([whole, delayed])).toEqual([true, true]);

      await using again = await startGatewayEmulator(options);
      const notes = (await again.requests()).map(({ completionTokens, notes }) => [
        completionTokens,
        notes.at(-1),
      ]);
      expect(notes).toEqual([
        [2, "the emulator ended it after 2 chunks"],
        [0, "the connection ended before the answer"],
        [0, expect.stringMatching(/^answered by/)],
      ]);
      expect(await usedToday(again)).toEqual({ REQUEST: 3, TOKEN: 12 + 10 + 10 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("in real time it waits for what will end, and not for what a fault stalls for ever", async () => {
    const paced = { content: SIX, stream: { ttft_ms: 20, tokens_per_second: 1_000 } };
    const gateway = await startGatewayEmulator({
      seed: seedWith({ top: { clock: undefined }, completions: [{ times: 1, reply: paced }, { reply: {} }] }),
    });
    const finishing = openStream(gateway).then((stream) => stream.rest());
    await untilUsed(gateway, 1);
    const stalled = await openStream(gateway, {}, { "x-emulator-fault": '{"stall":{"after_chunks":0}}' });
    await gateway.stop();
    expect(await finishing).toHaveLength(9);
    await expect(stalled.rest()).rejects.toThrow();
  });
});
