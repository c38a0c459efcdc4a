import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { COUNTED, until } from "../scenarios/support.js";
import { CHAT, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";

const MODEL = HELLO.model;
/** Echoed as six tokens; twelve of the prompt. */
const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: "user", content: "one two three four five six" },
];
const PROMPT = 12;

type Parts = NonNullable<Parameters<typeof seedWith>[0]>;

/** A token every 100 ms of a clock that stands still. */
const PACED: Parts = { settings: { stream: { tokens_per_second: 10 } } };

function start(parts: Parts = {}): Promise<GatewayEmulator> {
  return startGatewayEmulator({ listen: false, seed: seedWith({ model: COUNTED, ...parts }) });
}

function startWithFault(fault: object, parts: Parts = {}): Promise<GatewayEmulator> {
  return start({ ...parts, top: { faults: [{ times: 1, fault }] } });
}

/** As `docs/testing.md` sets it up. */
function client(gateway: GatewayEmulator): OpenAI {
  return new OpenAI({
    baseURL: "http://gateway/v1",
    apiKey: "not used",
    defaultHeaders: { Authorization: `Api-Key ${FEDERATED_KEY}` },
    fetch: gateway.fetch,
    maxRetries: 0,
    logLevel: "off",
  });
}

const create = (gateway: GatewayEmulator, options: OpenAI.RequestOptions = {}) =>
  client(gateway).chat.completions.create({ model: MODEL, messages }, options);

const stream = (gateway: GatewayEmulator, options: OpenAI.RequestOptions = {}) =>
  client(gateway).chat.completions.create({ model: MODEL, messages, stream: true }, options);

/** What a user's code catches. */
async function caught(work: PromiseLike<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => new Error("expected a failure"),
    (cause: unknown) => cause,
  );
  if (error instanceof Error) return error;
  throw new Error("expected an Error", { cause: error });
}

/** The text of a stream up to its end or failure. */
async function read(gateway: GatewayEmulator): Promise<{ text: string; finish: unknown; error: unknown }> {
  let text = "";
  let finish: unknown = null;
  try {
    for await (const { choices } of await stream(gateway)) {
      text += choices[0]?.delta.content ?? "";
      finish = choices[0]?.finish_reason ?? finish;
    }
    return { text, finish, error: null };
  } catch (error) {
    return { text, finish, error };
  }
}

/** The entry of the only chat, once it has ended. */
const onlyChat = async (gateway: GatewayEmulator) =>
  (await gateway.expectRequest({ path: CHAT }, { count: 1 }))[0];

/** Until a request has met a rule or a fault: it waits for the clock, if that makes it. */
const untilMatched = (gateway: GatewayEmulator, list: "completions" | "faults") =>
  until(async () => {
    const found = await gateway.fetch(`http://gateway/_emulator/${list}`);
    const { items }: { items: { used?: number; struck?: number }[] } = JSON.parse(await found.text());
    return items.some(({ used, struck }) => (used ?? struck ?? 0) > 0);
  });

test("no port is opened; the URL is a name that nothing resolves", async () => {
  await using gateway = await start();
  expect(gateway.port).toBe(0);
  expect(gateway.url).toBe("http://gateway");
  expect(gateway.inferenceUrl).toBe("http://gateway/v1");
  expect(gateway.env.OPENAI_BASE_URL).toBe("http://gateway/v1");
});

describe("answers", () => {
  test("whole", async () => {
    await using gateway = await start();
    const { data, response } = await create(gateway).withResponse();
    expect(data.choices[0]?.message.content).toBe("one two three four five six");
    expect(data.usage).toMatchObject({ prompt_tokens: PROMPT, completion_tokens: 6 });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await onlyChat(gateway)).toMatchObject({ status: 200, completionTokens: 6 });
  });

  test("streamed", async () => {
    await using gateway = await start();
    expect(await read(gateway)).toEqual({
      text: "one two three four five six",
      finish: "stop",
      error: null,
    });
    expect(await onlyChat(gateway)).toMatchObject({ status: 200, completionTokens: 6 });
  });

  test("the stream() helper puts a whole completion together", async () => {
    await using gateway = await start();
    const helper = client(gateway).chat.completions.stream({ model: MODEL, messages });
    const completion = await helper.finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { role: "assistant", content: "one two three four five six" },
    });
  });

  test("a paced stream goes on as the clock does", async () => {
    await using gateway = await start(PACED);
    const texts: string[] = [];
    for await (const { choices } of await stream(gateway)) {
      texts.push(choices[0]?.delta.content ?? "");
      const fired = await gateway.clock.advance(100);
      if (texts.length < 6) expect(fired).toMatchObject([{ job: "stream chunk" }]);
    }
    expect(texts.join("")).toBe("one two three four five six");
    expect((await onlyChat(gateway))?.durationMs).toBe(500);
  });

  test("models.list()", async () => {
    await using gateway = await start();
    const ids: string[] = [];
    for await (const { id } of client(gateway).models.list()) ids.push(id);
    expect(ids).toEqual([MODEL]);
  });

  test("over a limit: a RateLimitError with its headers, and retries that show in the journal (X-6)", async () => {
    const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }];
    const errors = { rate_limited: { headers: { "retry-after-ms": "1" } } };
    await using gateway = await start({ model: { rate_limits }, settings: { errors } });
    await create(gateway);
    const error = await caught(create(gateway, { maxRetries: 2 }));
    if (!(error instanceof OpenAI.RateLimitError)) throw error;
    expect(error.message).toBe('429 "Too Many Requests"');
    expect(error.headers?.get("retry-after-ms")).toBe("1");
    expect(error.headers?.get("x-emulator-decision")).toBe("4");
    expect(await gateway.requests({ status: 429 })).toHaveLength(3);
    await gateway.clock.advance("60s");
    expect((await create(gateway)).choices).toHaveLength(1);
  });
});

describe("a client that leaves", () => {
  test("before a whole answer that waits for the clock: the prompt is charged (L-4)", async () => {
    await using gateway = await start({
      completions: [{ reply: { content: "slow", stream: { ttft_ms: 1_000 } } }],
    });
    const abort = new AbortController();
    const asked = caught(create(gateway, { signal: abort.signal }));
    await untilMatched(gateway, "completions");
    abort.abort();
    expect(await asked).toBeInstanceOf(OpenAI.APIUserAbortError);
    const entry = await onlyChat(gateway);
    expect(entry).toMatchObject({ promptTokens: PROMPT, completionTokens: 0, responseBody: "" });
    expect(entry?.notes).toContain("the connection ended before the answer");
    expect(await gateway.clock.advance("1s")).toEqual([]);
  });

  test("in the middle of a paced stream: what was sent is what is charged (L-4)", async () => {
    await using gateway = await start(PACED);
    const asked = await stream(gateway);
    const texts: string[] = [];
    for await (const { choices } of asked) {
      texts.push(choices[0]?.delta.content ?? "");
      if (texts.length === 2) asked.controller.abort();
      else await gateway.clock.advance(100);
    }
    expect(texts).toEqual(["one", " two"]);
    const entry = await onlyChat(gateway);
    expect(entry).toMatchObject({ status: 200, promptTokens: PROMPT, completionTokens: 2 });
    expect(entry?.notes).toContain("the client hung up after 2 chunks");
    expect(await gateway.clock.advance("10s")).toEqual([]);
  });

  test("by breaking out of the loop, too", async () => {
    await using gateway = await start(PACED);
    for await (const _ of await stream(gateway)) break;
    expect(await onlyChat(gateway)).toMatchObject({ completionTokens: 1 });
  });

  test("by the SDK's timeout", async () => {
    await using gateway = await startWithFault({ delay: "1h" });
    const error = await caught(create(gateway, { timeout: 20 }));
    expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    expect(await onlyChat(gateway)).toMatchObject({
      status: 499,
      promptTokens: PROMPT,
      completionTokens: 0,
    });
  });
});

describe("faults", () => {
  test("status, body and headers", async () => {
    await using gateway = await startWithFault({
      status: 503,
      body: "busy",
      headers: { "Retry-After": "7" },
    });
    const error = await caught(create(gateway));
    if (!(error instanceof OpenAI.InternalServerError)) throw error;
    expect(error.message).toBe("503 busy");
    expect(error.headers?.get("retry-after")).toBe("7");
  });

  test("delay: the answer comes when the clock says so", async () => {
    await using gateway = await startWithFault({ delay: "30s" });
    const asked = create(gateway);
    await untilMatched(gateway, "faults");
    expect(await gateway.clock.advance("29s")).toEqual([]);
    expect(await gateway.clock.advance("1s")).toMatchObject([{ job: "delayed answer" }]);
    expect((await asked).choices[0]?.finish_reason).toBe("stop");
  });

  test("stall: the stream goes on when the clock does", async () => {
    await using gateway = await startWithFault({ stall: { after_chunks: 2, for: "1m" } });
    const texts: string[] = [];
    for await (const { choices } of await stream(gateway)) {
      texts.push(choices[0]?.delta.content ?? "");
      if (texts.length !== 2) continue;
      expect(await gateway.clock.advance("59s")).toEqual([]);
      expect(await gateway.clock.advance("1s")).toMatchObject([{ job: "stalled stream" }]);
    }
    expect(texts.join("")).toBe("one two three four five six");
  });

  test.each([
    [{ after_chunks: 0 }, "", 0],
    [{ after_chunks: 3 }, "one two three", 3],
    [{ after_bytes: 600 }, "one", 1],
  ])("cut of a stream %j: the body fails where it is read", async (cut, text, tokens) => {
    await using gateway = await startWithFault({ cut });
    const said = await read(gateway);
    expect(said).toMatchObject({ text, finish: null, error: { message: "terminated" } });
    expect(await onlyChat(gateway)).toMatchObject({ status: 200, completionTokens: tokens });
  });

  test.each([{ after_bytes: 0 }, { after_bytes: 20 }, { after_chunks: 1 }])(
    "cut of a whole answer %j: the body fails where it is read",
    async (cut) => {
      await using gateway = await startWithFault({ cut });
      expect((await caught(create(gateway))).message).toBe("terminated");
      expect(await onlyChat(gateway)).toMatchObject({ status: 200, completionTokens: 6 });
    },
  );

  test("malformed_chunk: the SDK cannot parse it", async () => {
    await using gateway = await startWithFault({ malformed_chunk: 3 });
    const said = await read(gateway);
    expect(said.text).toBe("one two");
    expect(said.error).toBeInstanceOf(SyntaxError);
  });

  test("truncated_json: complete for HTTP, and no JSON", async () => {
    await using gateway = await startWithFault({ truncated_json: true });
    expect(await caught(create(gateway))).toBeInstanceOf(SyntaxError);
  });

  test.each([create, stream])("reset: the call rejects", async (ask) => {
    await using gateway = await startWithFault({ reset: true });
    const error = await caught(ask(gateway));
    expect(error).toBeInstanceOf(OpenAI.APIConnectionError);
    expect(error.cause).toMatchObject({ message: "fetch failed", cause: { code: "ECONNRESET" } });
    expect(await onlyChat(gateway)).toMatchObject({ status: 499, error: "client_gone" });
  });
});
