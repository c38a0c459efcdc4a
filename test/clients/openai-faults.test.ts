import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { COUNTED, until, usedToday } from "../scenarios/support.js";
import { CHAT, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { call } from "../support/client.js";

const FAULTS = "/_emulator/faults";
const MODEL = HELLO.model;
/** An echo of six tokens. */
const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: "user", content: "one two three four five six" },
];
/** What it counts as a prompt: six, and six that frame one message. */
const PROMPT = 12;

/** A world with these faults, and usage counted. */
function faulty(faults: readonly object[], more: object = {}) {
  return startGatewayEmulator({ seed: seedWith({ model: COUNTED, ...more, top: { faults } }) });
}

function client(gateway: GatewayEmulator, options: ConstructorParameters<typeof OpenAI>[0] = {}): OpenAI {
  return new OpenAI({
    baseURL: gateway.inferenceUrl,
    apiKey: "not used",
    defaultHeaders: { Authorization: `Api-Key ${FEDERATED_KEY}` },
    maxRetries: 0,
    logLevel: "off",
    ...options,
  });
}

const create = (gateway: GatewayEmulator, headers: Record<string, string> = {}) =>
  client(gateway).chat.completions.create({ model: MODEL, messages }, { headers });

/** What a user's code catches. */
async function caught(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => new Error("expected a failure"),
    (cause: unknown) => cause,
  );
  if (error instanceof Error) return error;
  throw new Error("expected an Error", { cause: error });
}

/** A stream as a user reads it: the text so far, and how it ended. */
async function read(gateway: GatewayEmulator): Promise<{ text: string; error: unknown; finish: unknown }> {
  let text = "";
  let finish: unknown = null;
  try {
    const stream = await client(gateway).chat.completions.create({ model: MODEL, messages, stream: true });
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? "";
      finish = choices[0]?.finish_reason ?? finish;
    }
    return { text, error: null, finish };
  } catch (error) {
    return { text, error, finish };
  }
}

const statuses = async (gateway: GatewayEmulator) =>
  (await gateway.requests({ path: CHAT })).map(({ status }) => status);

describe("presets", () => {
  const PRESETS: [string, new (...args: never[]) => Error, string][] = [
    ["wrong_key", OpenAI.PermissionDeniedError, '403 "please check the api-key you provided"'],
    ["unknown_model", OpenAI.NotFoundError, '404 "please check the model you provided"'],
    ["rate_limited", OpenAI.RateLimitError, '429 "Too Many Requests"'],
    ["payment_required", OpenAI.APIError, '402 "Payment Required"'],
    ["model_unavailable", OpenAI.InternalServerError, '502 "Error making prediction"'],
    ["draining", OpenAI.InternalServerError, '503 "Service Unavailable"'],
    ["timeout", OpenAI.InternalServerError, '504 "Gateway Timeout"'],
    ["overloaded", OpenAI.InternalServerError, '529 "Overloaded"'],
  ];

  test.each(PRESETS)(
    "%s, of the seed: its class and message; 4xx count nowhere, 5xx one REQUEST (L-4)",
    async (preset, type, message) => {
      await using gateway = await faulty([{ fault: { preset } }]);
      const error = await caught(create(gateway));
      expect(error).toBeInstanceOf(type);
      expect(error.message).toBe(message);
      const [entry] = await gateway.requests({ path: CHAT });
      expect(entry).toMatchObject({ error: preset, hint: "injected by a fault" });
      expect(entry?.notes[0]).toMatch(/^applied fault-[0-9a-f]{6}$/);
      const counted = Number(message.slice(0, 3)) >= 500;
      expect(await usedToday(gateway)).toEqual(
        counted ? { REQUEST: 1, TOKEN: 0 } : { REQUEST: null, TOKEN: null },
      );
    },
  );

  test.each(PRESETS)(
    "%s, of a header: for that request alone, streamed or not",
    async (preset, type, message) => {
      await using gateway = await faulty([]);
      const error = await caught(create(gateway, { "x-emulator-fault": preset }));
      expect(error).toBeInstanceOf(type);
      const headers = { "x-emulator-fault": preset };
      const asked = client(gateway).chat.completions.create(
        { model: MODEL, messages, stream: true },
        { headers },
      );
      expect((await caught(asked)).message).toBe(message);
      expect((await create(gateway)).choices[0]?.message.content).toBe("one two three four five six");
    },
  );

  test("the model's own failures are 502, 503, 504 and 529, an empty account is 402", async () => {
    await using gateway = await faulty([]);
    const presets = ["model_unavailable", "draining", "timeout", "overloaded", "payment_required"];
    for (const preset of presets) await caught(create(gateway, { "x-emulator-fault": preset }));
    expect(await statuses(gateway)).toEqual([502, 503, 504, 529, 402]);
  });

  test("the hint, the gateway's own headers, and none of the model server's (I-1.5)", async () => {
    await using gateway = await faulty([{ fault: { preset: "draining" } }]);
    const error = await caught(create(gateway));
    if (!(error instanceof OpenAI.APIError)) throw error;
    expect(error.headers?.get("x-emulator-hint")).toBe("injected by a fault");
    expect(error.headers?.get("via")).toBe("1.1 google");
    expect(error.headers?.get("x-baseten-request-id")).toBeNull();
  });
});

describe("an answer of one's own", () => {
  test.each([
    [{ status: 418 }, 418, '418 "I\'m a Teapot"'],
    [{ status: 500, body: "oops" }, 500, "500 oops"],
    [{ status: 400, body: { error: { message: "no", type: "Bad Request" } } }, 400, "400 no"],
    [{ status: 422, body: { message: "flat" } }, 422, "422 status code (no body)"],
  ])("%j", async (fault, status, message) => {
    await using gateway = await faulty([{ fault }]);
    const error = await caught(create(gateway));
    if (!(error instanceof OpenAI.APIError)) throw error;
    expect([error.status, error.message]).toEqual([status, message]);
    expect(await usedToday(gateway)).toEqual(
      status >= 500 ? { REQUEST: 1, TOKEN: 0 } : { REQUEST: null, TOKEN: null },
    );
  });

  test("a 200 is an answer too; it counts one REQUEST and no tokens", async () => {
    const body = { choices: [{ message: { content: "canned", role: "assistant" } }] };
    await using gateway = await faulty([{ fault: { status: 200, body, headers: { "X-Mine": "yes" } } }]);
    const asked = client(gateway).chat.completions.create({ model: MODEL, messages });
    const { data, response } = await asked.withResponse();
    expect(data.choices[0]?.message.content).toBe("canned");
    expect(response.headers.get("x-mine")).toBe("yes");
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 0 });
  });

  test("headers win, whatever their case", async () => {
    const headers = { "content-type": "text/plain", "Retry-After": "7" };
    await using gateway = await faulty([{ fault: { status: 503, body: "busy", headers } }]);
    const error = await caught(create(gateway));
    if (!(error instanceof OpenAI.APIError)) throw error;
    expect(error.headers?.get("content-type")).toBe("text/plain");
    expect(error.headers?.get("retry-after")).toBe("7");
  });
});

describe("retries of the SDK", () => {
  const soon = { "retry-after-ms": "1" };
  const retrying = (gateway: GatewayEmulator) =>
    client(gateway, { maxRetries: 2 }).chat.completions.create({ model: MODEL, messages });

  test("times: 2 is one call for the user, and three requests", async () => {
    await using gateway = await faulty([{ times: 2, fault: { preset: "draining", headers: soon } }]);
    expect((await retrying(gateway)).choices[0]?.finish_reason).toBe("stop");
    expect(await statuses(gateway)).toEqual([503, 503, 200]);
    expect(await usedToday(gateway)).toEqual({ REQUEST: 3, TOKEN: PROMPT + 6 });
  });

  test.each([
    [{ preset: "overloaded", headers: soon }, [529, 529, 529]],
    [{ preset: "rate_limited", headers: soon }, [429, 429, 429]],
    [{ status: 409, headers: soon }, [409, 409, 409]],
    [{ preset: "payment_required", headers: soon }, [402]],
    [{ preset: "unknown_model", headers: soon }, [404]],
    [{ preset: "draining", headers: { "x-should-retry": "false" } }, [503]],
    [{ status: 400, headers: { "x-should-retry": "true", ...soon } }, [400, 400, 400]],
  ])("%j: %j", async (fault, asked) => {
    await using gateway = await faulty([{ fault }]);
    expect(await caught(retrying(gateway))).toBeInstanceOf(OpenAI.APIError);
    expect(await statuses(gateway)).toEqual(asked);
  });
});

describe("delay", () => {
  test("the answer comes when the clock says so", async () => {
    await using gateway = await faulty([{ fault: { delay: "30s" } }]);
    const asked = create(gateway);
    await untilMet(gateway, 1);
    expect(await gateway.clock.advance("29s")).toEqual([]);
    expect(await gateway.clock.advance("1s")).toMatchObject([{ job: "delayed answer" }]);
    expect((await asked).choices[0]?.finish_reason).toBe("stop");
    expect((await gateway.requests({ path: CHAT }))[0]?.durationMs).toBe(30_000);
  });

  test("before a status", async () => {
    await using gateway = await faulty([{ fault: { delay: 1_000, preset: "timeout" } }]);
    const asked = caught(create(gateway));
    await untilMet(gateway, 1);
    await gateway.clock.advance(1_000);
    expect((await asked).message).toBe('504 "Gateway Timeout"');
  });

  test("longer than the client's patience: it sees a timeout, one REQUEST and the prompt are counted (Y-20)", async () => {
    await using gateway = await faulty([{ fault: { delay: "1h" } }]);
    const asked = client(gateway, { timeout: 50 }).chat.completions.create({ model: MODEL, messages });
    expect(await caught(asked)).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    const entry = await until(async () => (await gateway.requests({ path: CHAT }))[0]);
    expect(entry).toMatchObject({ status: 499, error: "client_gone", promptTokens: 12, completionTokens: 0 });
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 12 });
  });
});

describe("a broken stream", () => {
  test.each([
    [{ after_chunks: 0 }, "", 0],
    [{ after_chunks: 3 }, "one two three", 3],
    // The last text is out, but neither finish_reason nor [DONE].
    [{ after_chunks: 6 }, "one two three four five six", 6],
    [{ after_chunks: 2, after_bytes: 100_000 }, "one two", 2],
  ])("cut %j: %j, then the connection ends; what was sent counts (L-4)", async (cut, text, tokens) => {
    await using gateway = await faulty([{ fault: { cut } }]);
    const said = await read(gateway);
    expect(said).toMatchObject({ text, finish: null, error: { message: "terminated" } });
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: PROMPT + tokens });
    const [entry] = await gateway.requests({ path: CHAT });
    expect(entry).toMatchObject({ status: 200, completionTokens: tokens });
    expect(entry?.notes).toContain(`cut after ${tokens} chunks`);
  });

  test("cut after_bytes: exactly so many, in the middle of a chunk", async () => {
    await using gateway = await faulty([{ fault: { cut: { after_bytes: 600 } } }]);
    const response = await fetch(gateway.url + CHAT, {
      method: "POST",
      headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ model: MODEL, messages, stream: true }),
    });
    let bytes = 0;
    const reading = async () => {
      for await (const part of response.body ?? []) bytes += part.length;
    };
    expect((await caught(reading())).message).toBe("terminated");
    expect(bytes).toBe(600);
    expect((await gateway.requests({ path: CHAT }))[0]?.completionTokens).toBe(1);
  });

  test("a cut behind the end changes nothing", async () => {
    await using gateway = await faulty([{ fault: { cut: { after_chunks: 100 } } }]);
    expect(await read(gateway)).toEqual({ text: "one two three four five six", error: null, finish: "stop" });
  });

  test("malformed_chunk: the SDK cannot parse it", async () => {
    await using gateway = await faulty([{ fault: { malformed_chunk: 3 } }]);
    const said = await read(gateway);
    expect(said).toMatchObject({ text: "one two", finish: null });
    expect(said.error).toBeInstanceOf(SyntaxError);
  });

  test("malformed_chunk, the last one: no [DONE]", async () => {
    await using gateway = await faulty([{ fault: { malformed_chunk: 9 } }]);
    const said = await read(gateway);
    expect(said).toMatchObject({ text: "one two three four five six", finish: "stop" });
    expect(said.error).toBeInstanceOf(SyntaxError);
  });

  test("stall for a time: it goes on when the clock does", async () => {
    await using gateway = await faulty([{ fault: { stall: { after_chunks: 2, for: "1m" } } }]);
    const stream = await client(gateway).chat.completions.create({ model: MODEL, messages, stream: true });
    const texts: string[] = [];
    for await (const { choices } of stream) {
      texts.push(choices[0]?.delta.content ?? "");
      if (texts.length !== 2) continue;
      expect(texts).toEqual(["one", " two"]);
      expect(await gateway.clock.advance("59s")).toEqual([]);
      expect(await gateway.clock.advance("1s")).toMatchObject([{ job: "stalled stream" }]);
    }
    expect(texts.join("")).toBe("one two three four five six");
    expect((await gateway.requests({ path: CHAT }))[0]?.durationMs).toBe(60_000);
  });

  test("stall for ever, until the user gives up: what was sent counts", async () => {
    await using gateway = await faulty([{ fault: { stall: { after_chunks: 2 } } }]);
    const stream = await client(gateway).chat.completions.create({ model: MODEL, messages, stream: true });
    const texts: string[] = [];
    for await (const { choices } of stream) {
      texts.push(choices[0]?.delta.content ?? "");
      if (texts.length === 2) stream.controller.abort();
    }
    expect(texts).toEqual(["one", " two"]);
    const entry = await until(async () => (await gateway.requests({ path: CHAT }))[0]);
    expect(entry.notes).toContain("the client hung up after 2 chunks");
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: PROMPT + 2 });
  });

  test("the pace goes on behind a stall", async () => {
    const paced = { settings: { stream: { tokens_per_second: 10 } } };
    await using gateway = await faulty([{ fault: { stall: { after_chunks: 2, for: "1s" } } }], paced);
    const stream = await client(gateway).chat.completions.create({ model: MODEL, messages, stream: true });
    const jobs = await gateway.clock.advance("10s");
    const times = jobs.map(({ at, job }) => [at - Date.parse("2026-06-17T12:00:00Z"), job]);
    expect(times).toEqual([
      [100, "stream chunk"],
      [200, "stream chunk"],
      [1_200, "stalled stream"],
      [1_300, "stream chunk"],
      [1_400, "stream chunk"],
      [1_500, "stream chunk"],
    ]);
    stream.controller.abort();
  });
});

describe("a broken whole answer", () => {
  test("truncated_json: complete for HTTP, and no JSON; it counts whole", async () => {
    await using gateway = await faulty([{ fault: { truncated_json: true } }]);
    expect(await caught(create(gateway))).toBeInstanceOf(SyntaxError);
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: PROMPT + 6 });
  });

  test.each([{ after_bytes: 20 }, { after_chunks: 1 }])(
    "cut %j: the body never ends; it counts whole",
    async (cut) => {
      await using gateway = await faulty([{ fault: { cut } }]);
      expect((await caught(create(gateway))).message).toBe("terminated");
      expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: PROMPT + 6 });
    },
  );

  test.each([{ stall: { after_chunks: 0 } }, { malformed_chunk: 1 }])(
    "%j is for streams only",
    async (fault) => {
      await using gateway = await faulty([{ fault }]);
      expect((await create(gateway)).choices[0]?.finish_reason).toBe("stop");
    },
  );

  test("reset: no answer at all; one REQUEST", async () => {
    await using gateway = await faulty([{ fault: { reset: true } }]);
    const error = await caught(create(gateway));
    expect(error).toBeInstanceOf(OpenAI.APIConnectionError);
    expect(error.message).toBe("Connection error.");
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 0 });
    const [entry] = await gateway.requests({ path: CHAT });
    expect(entry).toMatchObject({ status: 499, error: "client_gone" });
  });

  test("reset once: the SDK tries again", async () => {
    await using gateway = await faulty([{ times: 1, fault: { reset: true } }]);
    const openai = client(gateway, { maxRetries: 1 });
    const completion = await openai.chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]?.finish_reason).toBe("stop");
    expect(await statuses(gateway)).toEqual([499, 200]);
  });
});

describe("which requests a fault meets", () => {
  const outcomes = async (gateway: GatewayEmulator, count: number) => {
    const seen: boolean[] = [];
    for (let index = 0; index < count; index++) {
      seen.push(
        await create(gateway).then(
          () => true,
          () => false,
        ),
      );
    }
    return seen;
  };

  test("times and after", async () => {
    await using gateway = await faulty([{ after: 2, times: 2, fault: { status: 500 } }]);
    expect(await outcomes(gateway, 6)).toEqual([true, true, false, false, true, true]);
  });

  test("probability, by the random seed", async () => {
    const run = async (random_seed: number, probability: number) => {
      const seed = seedWith({ top: { random_seed, faults: [{ probability, fault: { status: 500 } }] } });
      await using gateway = await startGatewayEmulator({ seed });
      return await outcomes(gateway, 20);
    };
    const half = await run(1, 0.5);
    expect(new Set(half).size).toBe(2);
    expect(await run(1, 0.5)).toEqual(half);
    expect(await run(2, 0.5)).not.toEqual(half);
    expect(new Set(await run(1, 0))).toEqual(new Set([true]));
    expect(new Set(await run(1, 1))).toEqual(new Set([false]));
  });

  test("those that match; the first fault that strikes", async () => {
    await using gateway = await faulty([
      { match: { stream: true }, fault: { status: 501 } },
      { match: { last_message: { contains: "three" } }, after: 1, fault: { status: 502 } },
      { match: { model: MODEL, group: "org", key: "acme-prod" }, fault: { status: 503 } },
    ]);
    expect((await read(gateway)).error).toMatchObject({ status: 501 });
    await outcomes(gateway, 2);
    expect(await statuses(gateway)).toEqual([501, 503, 502]);
  });

  test("POST, GET and DELETE /_emulator/faults", async () => {
    await using gateway = await faulty([{ match: { stream: true }, fault: { status: 500 } }]);
    const send = (method: string, path = FAULTS, body?: unknown) =>
      call(gateway, method, path, { key: null, ...(body === undefined ? {} : { body }) });
    const rule = { times: 1, fault: { delay: "0s", stall: { after_chunks: 1, for: "1s" }, status: 503 } };
    const added = await send("POST", FAULTS, rule);
    expect(added.status).toBe(200);
    expect(added.body).toEqual({
      id: expect.stringMatching(/^fault-[0-9a-f]{6}$/),
      match: {},
      times: 1,
      fault: { delay_ms: 0, stall: { after_chunks: 1, for_ms: 1_000 }, status: 503 },
    });
    expect(await outcomes(gateway, 2)).toEqual([false, true]);
    const listed = (await send("GET")).body.items;
    expect(
      listed.map(({ matched, struck }: { matched: number; struck: number }) => [matched, struck]),
    ).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect((await send("DELETE", `${FAULTS}/${added.body.id}`)).body).toEqual({ id: added.body.id });
    expect((await send("DELETE", `${FAULTS}/${added.body.id}`)).status).toBe(404);
    expect((await send("GET")).body.items).toMatchObject([{ match: { stream: true }, matched: 0 }]);
    const several = await send("POST", FAULTS, [{ fault: { status: 500 } }, { fault: { reset: true } }]);
    expect(several.body.items).toHaveLength(2);
    expect((await send("DELETE")).body).toEqual({ ok: true });
    expect((await send("GET")).body.items).toEqual([]);
    await gateway.reset();
    expect((await send("GET")).body.items).toMatchObject([{ match: { stream: true }, matched: 0 }]);
  });

  test.each([
    [{ fault: {} }, "expected at least one of"],
    [{ fault: { presett: "timeout" } }, "presett"],
    [{ fault: { preset: "tired" } }, "fault.preset"],
    [{ fault: { status: 99 } }, "fault.status"],
    [{ fault: { body: {} } }, "a body needs a status"],
    [{ fault: { delay: 1, headers: {} } }, "headers need a preset or a status"],
    [{ fault: { preset: "timeout", status: 500 } }, "only one of preset, status, reset"],
    [{ fault: { delay: "soon" } }, "fault.delay"],
    [{ fault: { cut: {} } }, "fault.cut"],
    [{ fault: { stall: { for: "1s" } } }, "fault.stall.after_chunks"],
    [{ probability: 2, fault: { reset: true } }, "probability"],
    [[{ fault: { reset: true } }, { fault: { reset: 1 } }], "1.fault.reset"],
  ])("%j is refused, naming %j (B-1)", async (rule, named) => {
    await using gateway = await faulty([]);
    const answer = await call(gateway, "POST", FAULTS, { key: null, body: rule });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(named);
  });

  test("the header takes a fault as JSON; a bad one is 400 and says what is right", async () => {
    await using gateway = await faulty([]);
    const bad = await caught(create(gateway, { "x-emulator-fault": "tired" }));
    if (!(bad instanceof OpenAI.APIError)) throw bad;
    expect(bad.message).toBe('400 "Invalid request body"');
    expect(bad.headers?.get("x-emulator-hint")).toMatch(/^x-emulator-fault is one of wrong_key, .*as JSON/);
    const wish = { "x-emulator-fault": '{"status":507,"body":{"error":"full"}}' };
    expect((await caught(create(gateway, wish))).message).toBe('507 "full"');
  });

  test("the state file keeps what each has seen (L-15)", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
    const seed = seedWith({ top: { faults: [{ after: 1, times: 2, fault: { status: 500 } }] } });
    try {
      const seen: boolean[][] = [];
      for (let run = 0; run < 2; run++) {
        await using gateway = await startGatewayEmulator({ seed, state: join(folder, "state.db") });
        seen.push(await outcomes(gateway, 2));
      }
      expect(seen).toEqual([
        [true, false],
        [false, true],
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("the order of checks (X-7)", () => {
  const once = { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] };

  test("limits before faults: over the limit none strikes", async () => {
    await using gateway = await faulty([{ times: 2, fault: { preset: "draining" } }], { model: once });
    expect((await caught(create(gateway))).message).toContain("503");
    expect((await caught(create(gateway))).message).toContain("429");
    await gateway.clock.advance("60s");
    expect((await caught(create(gateway))).message).toContain("503");
  });

  test("a refusal by fault leaves the limit untouched", async () => {
    await using gateway = await faulty([{ times: 1, fault: { preset: "wrong_key" } }], { model: once });
    expect((await caught(create(gateway))).message).toContain("403");
    expect((await create(gateway)).choices).toHaveLength(1);
    expect((await caught(create(gateway))).message).toContain("429");
  });

  test("faults before values; a fault that only disturbs leaves them to the model server", async () => {
    await using gateway = await faulty([
      { times: 1, fault: { preset: "draining" } },
      { fault: { cut: { after_chunks: 1 } } },
    ]);
    const hot = () =>
      caught(client(gateway).chat.completions.create({ model: MODEL, messages, temperature: 3 }));
    expect((await hot()).message).toContain("503");
    expect((await hot()).message).toContain("Temperature must be between 0 and 2");
  });

  test("body, key and slug before faults", async () => {
    await using gateway = await faulty([{ fault: { preset: "draining" } }]);
    const openai = client(gateway);
    const other = openai.chat.completions.create({ model: "acme/nothing", messages });
    expect((await caught(other)).message).toContain("404");
    const stranger = { headers: { Authorization: "Api-Key sky_stranger0000.secret" } };
    const refused = openai.chat.completions.create({ model: MODEL, messages }, stranger);
    expect((await caught(refused)).message).toContain("403");
    expect(await caught(openai.post("/chat/completions", { body: {} }))).toMatchObject({ status: 400 });
    const { body } = await call(gateway, "GET", FAULTS, { key: null });
    expect(body.items[0]).toMatchObject({ matched: 0, struck: 0 });
  });
});

async function untilMet(gateway: GatewayEmulator, struck: number): Promise<void> {
  await until(async () => {
    const { body } = await call(gateway, "GET", FAULTS, { key: null });
    return body.items.some((fault: { struck: number }) => fault.struck >= struck);
  });
}
