import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { basetenHeaders, chat, MODEL_SERVER_HEADERS, say, seedWith } from "../support/chat.js";
import { management, QUICKSTART } from "../support/client.js";

const USAGE_DETAILS =
  `"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0}` +
  `,"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":0,"rejected_prediction_tokens":0}`;
const seedOf = (...completions: object[]) => seedWith({ completions });
const contentOf = (answer: { body: { choices: { message: { content?: string } }[] } }) =>
  answer.body.choices[0]?.message.content;

describe("a whole answer (I-1.3, I-1.5)", () => {
  test("is this, byte for byte: compact, keys in the recorded order", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway);
    expect(answer.body.id).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
    expect(answer.text).toBe(
      `{"id":"${answer.body.id}","choices":[{"index":0,"message":{"content":"Hello, world!","role":"assistant"}` +
        `,"finish_reason":"stop"}],"created":1781697600,"model":"acme/llama","object":"chat.completion"` +
        `,"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,${USAGE_DETAILS}}}`,
    );
  });

  test("has these headers, and no others of theirs", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("vary")).toBe("Origin");
    expect(answer.headers.get("via")).toBe("1.1 google");
    expect(answer.headers.get("alt-svc")).toContain("h3=");
    expect(answer.headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
    expect(basetenHeaders(answer)).toEqual(MODEL_SERVER_HEADERS);
    expect(answer.headers.get("x-baseten-accepted-at")).toBe("1781697600000");
    expect(answer.headers.get("x-baseten-request-id")).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers.get("x-baseten-model-id")).toBe("3kZ9xqd");
    expect(answer.headers.get("x-baseten-model-prediction-attempts")).toBe("1");
    expect(answer.headers.get("x-request-id")).toBeNull();
    expect([...answer.headers.keys()].filter((name) => /ratelimit|retry-after/.test(name))).toEqual([]);
  });

  test("a tool call: no content, arguments as text, finish_reason tool_calls", async () => {
    const tool_calls = [
      { name: "square_root", arguments: '{"number": 132413}' },
      { name: "done", arguments: {}, id: "functions.done:1" },
    ];
    await using gateway = await startGatewayEmulator({ seed: seedOf({ match: {}, reply: { tool_calls } }) });
    const [choice] = (await chat(gateway)).body.choices;
    const id = choice.message.tool_calls[0].id;
    expect(id).toMatch(/^chatcmpl-tool-[0-9a-f]{32}$/);
    expect(JSON.stringify(choice)).toBe(
      `{"index":0,"message":{"tool_calls":[` +
        `{"id":"${id}","type":"function","function":{"name":"square_root","arguments":"{\\"number\\": 132413}"}},` +
        `{"id":"functions.done:1","type":"function","function":{"name":"done","arguments":"{}"}}` +
        `],"role":"assistant"},"finish_reason":"tool_calls"}`,
    );
  });

  test("content, role, reasoning_content, in this order; reasoning counts as completion", async () => {
    const reply = { content: "Yes", reasoning_content: "Think on" };
    await using gateway = await startGatewayEmulator({ seed: seedOf({ match: {}, reply }) });
    const { choices, usage } = (await chat(gateway)).body;
    expect(JSON.stringify(choices[0].message)).toBe(
      '{"content":"Yes","role":"assistant","reasoning_content":"Think on"}',
    );
    expect([usage.completion_tokens, usage.completion_tokens_details.reasoning_tokens]).toEqual([3, 2]);
  });

  test("finish_reason: null leaves it out", async () => {
    const reply = { content: "Yes", finish_reason: null };
    await using gateway = await startGatewayEmulator({ seed: seedOf({ match: {}, reply }) });
    expect((await chat(gateway)).body.choices).toEqual([
      { index: 0, message: { content: "Yes", role: "assistant" } },
    ]);
  });
});

describe("which rule answers", () => {
  const rules = seedOf(
    { match: { last_message: "ping" }, reply: { content: "pong" } },
    { match: { last_message: { contains: "weather" } }, reply: { content: "sunny" } },
    { match: { last_message: { regex: "(?i)refund|money back" } }, reply: { content: "refunded" } },
    { match: { last_message: { regex: "^repeat" } }, reply: { mode: "echo" } },
    { match: { model: "acme/other" }, reply: { content: "the other model" } },
    { match: { model: "acme/llama", last_message: { contains: "both" } }, reply: { content: "both fit" } },
    { match: { last_message: { contains: "ping" } }, reply: { content: "second thoughts" } },
  );

  test.each([
    ["ping", "pong"],
    ["ping ", "second thoughts"],
    ["Ping", "Ping"],
    ["How is the weather today?", "sunny"],
    ["Weather?", "Weather?"],
    ["I want a REFUND", "refunded"],
    ["Money back!", "refunded"],
    ["repeat after me", "repeat after me"],
    ["both", "both fit"],
    ["anything else", "anything else"],
    ["weather and refund", "sunny"],
  ])("%j gets %j", async (message, content) => {
    await using gateway = await startGatewayEmulator({ seed: rules });
    expect(contentOf(await say(gateway, message))).toBe(content);
  });

  test("the last user message counts, whatever comes after or before it", async () => {
    await using gateway = await startGatewayEmulator({ seed: rules });
    const messages = [
      { role: "system", content: "weather" },
      { role: "user", content: "refund" },
      { role: "assistant", content: "no" },
      {
        role: "user",
        content: [
          { type: "text", text: "pi" },
          { type: "text", text: "ng" },
        ],
      },
      { role: "assistant", content: "refund" },
    ];
    expect(contentOf(await chat(gateway, { messages }))).toBe("pong");
  });

  test("without a user message the echo is empty", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { messages: [{ role: "system", content: "Be brief" }] });
    expect([answer.status, contentOf(answer)]).toEqual([200, ""]);
  });

  test("rules added later come behind those that are there", async () => {
    await using gateway = await startGatewayEmulator({ seed: rules });
    await gateway.seed({ completions: [{ match: {}, reply: { content: "caught" } }] });
    expect(contentOf(await say(gateway, "ping"))).toBe("pong");
    expect(contentOf(await say(gateway, "anything else"))).toBe("caught");
  });
});

describe("where an answer ends", () => {
  test.each([
    [{ stop: "," }, "Hello", "stop", 1],
    [{ stop: [" world", "!"] }, "Hello,", "stop", 2],
    [{ stop: ["!", " world"] }, "Hello,", "stop", 2],
    [{ stop: ",", include_stop_str_in_output: true }, "Hello,", "stop", 2],
    [{ stop: "nowhere" }, "Hello, world!", "stop", 4],
    [{ max_tokens: 1 }, "Hello", "length", 1],
    [{ max_tokens: 3 }, "Hello, world", "length", 3],
    [{ max_tokens: 4 }, "Hello, world!", "stop", 4],
    [{ max_completion_tokens: 2 }, "Hello,", "length", 2],
    [{ max_tokens: null, max_completion_tokens: 2 }, "Hello,", "length", 2],
    [{ max_tokens: 2, stop: "!" }, "Hello,", "length", 2],
  ])("%j", async (fields, content, finish, completion) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { choices, usage } = (await chat(gateway, fields)).body;
    expect([choices[0].message.content, choices[0].finish_reason]).toEqual([content, finish]);
    expect([usage.prompt_tokens, usage.completion_tokens, usage.total_tokens]).toEqual([
      10,
      completion,
      10 + completion,
    ]);
  });
});

describe("usage (X-14, X-15)", () => {
  test("a rule sets exact counts, cached and reasoning tokens too", async () => {
    const usage = { prompt_tokens: 112, completion_tokens: 74, cached_tokens: 64, reasoning_tokens: 20 };
    await using gateway = await startGatewayEmulator({
      seed: seedOf({ match: {}, reply: { content: "Yes", usage } }),
    });
    expect((await chat(gateway)).text).toContain(
      `"usage":{"prompt_tokens":112,"completion_tokens":74,"total_tokens":186` +
        `,"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":64}` +
        `,"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":20,"rejected_prediction_tokens":0}}}`,
    );
  });

  test("a rule may set one number and leave the others counted", async () => {
    const reply = { content: "Yes", usage: { prompt_tokens: 500 } };
    await using gateway = await startGatewayEmulator({ seed: seedOf({ match: {}, reply }) });
    expect((await chat(gateway)).body.usage).toMatchObject({ prompt_tokens: 500, completion_tokens: 1 });
  });

  test("x-emulator-usage: 10/9 sets the charge of one answer, over the rule's", async () => {
    const reply = { content: "Yes", usage: { prompt_tokens: 500, completion_tokens: 500, cached_tokens: 3 } };
    await using gateway = await startGatewayEmulator({ seed: seedOf({ match: {}, reply }) });
    const answer = await chat(gateway, {}, { headers: { "x-emulator-usage": "10/9" } });
    expect(contentOf(answer)).toBe("Yes");
    expect(answer.body.usage).toMatchObject({
      prompt_tokens: 10,
      completion_tokens: 9,
      total_tokens: 19,
      prompt_tokens_details: { cached_tokens: 3 },
    });
    expect((await chat(gateway)).body.usage.total_tokens).toBe(1000);
  });

  test("what is answered is what is counted (L-2)", async () => {
    const usage_limits = [{ type: "TOKEN", unit: "DAY", threshold: 1000 }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ model: { usage_limits } }) });
    await chat(gateway, {}, { headers: { "x-emulator-usage": "600/399" } });
    const { get } = management(gateway);
    const { id } = (await get("/groups")).body.items[0];
    const usage = async () => (await get(`/groups/${id}/usage`)).body.usage["acme/llama"][0].current_usage;
    expect(await usage()).toBe(999);
    expect((await chat(gateway)).status).toBe(200);
    expect(await usage()).toBe(1013);
    expect((await chat(gateway)).status).toBe(429);
  });

  test.each(["", "10", "10/", "a/b", "10/9/8", "-1/2", "1.5/2"])(
    "x-emulator-usage: %j is refused, with a hint",
    async (wish) => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
      const answer = await chat(gateway, {}, { headers: { "x-emulator-usage": wish } });
      expect(answer.status).toBe(400);
      expect(answer.headers.get("x-emulator-hint")).toContain("10/9");
    },
  );
});

describe("ids (X-22)", () => {
  const talk = async (random_seed: number | string) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ top: { random_seed } }) });
    const once = async () => {
      const { get, post } = management(gateway);
      const groups = await get("/groups");
      const minted = await post(`/groups/${groups.body.items[0].id}/api_keys`);
      const whole = await chat(gateway);
      const stream = await chat(gateway, { stream: true });
      return [
        ...[groups, minted, whole, stream].map(({ text }) => text),
        whole.headers.get("x-baseten-request-id"),
      ];
    };
    const first = await once();
    await gateway.reset();
    return { first, again: await once() };
  };

  test("the same seed and the same calls give the same bytes, also after a reset", async () => {
    const one = await talk(7);
    const other = await talk(7);
    expect(other).toEqual(one);
    expect(one.again).toEqual(one.first);
  });

  test("another seed gives other ids", async () => {
    const one = (await talk(7)).first;
    const other = (await talk("seven")).first;
    for (const [index, text] of one.entries()) expect(other[index]).not.toBe(text);
  });

  test("no two answers of one world share an id", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answers = await Promise.all(Array.from({ length: 50 }, () => chat(gateway)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(50);
  });
});
