import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { basetenHeaders, chat, FEDERATED_KEY, MODEL_SERVER_HEADERS, seedWith } from "../support/chat.js";
import { type Answered, call, management } from "../support/client.js";
import { HELLO_MESSAGE, MESSAGES, message } from "../support/messages.js";

const INVALID_BODY = '{"error":"Invalid request body"}\n';
const WRONG_KEY = '{"error":"please check the api-key you provided"}\n';
const UNKNOWN_MODEL = '{"error":"please check the model you provided"}\n';
const TOO_MANY = '{"error":"Too Many Requests"}\n';
const REQUESTS_PER_MINUTE = (threshold: number) => ({
  rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold }],
});
const hint = ({ headers }: Answered): string | null => headers.get("x-emulator-hint");

/** The refusal of a value, with the request id replaced. */
function refusal(answer: Answered): string {
  return answer.text.replace(/"req_[0-9a-f]{32}"/, '"req_<id>"');
}
function invalidRequest(text: string): string {
  return `{"type":"error","request_id":"req_<id>","error":{"type":"invalid_request_error","message":${JSON.stringify(text)}}}`;
}

describe("the answer (I-3)", () => {
  test("a whole message, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(gateway);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(basetenHeaders(answer)).toEqual(MODEL_SERVER_HEADERS);
    const id = `msg_${answer.headers.get("x-baseten-request-id")}`;
    expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(answer.text).toBe(
      `{"id":"${id}","type":"message","role":"assistant","content":[{"type":"text","text":"Hello, world!"}],"model":"acme/llama","stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":4,"cache_read_input_tokens":0}}`,
    );
  });

  test("a stream of named events", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(gateway, { stream: true });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    const events = [...answer.text.matchAll(/^event: (\w+)\ndata: \{"type":"(\w+)"/gm)];
    expect(events.map(([, name, type]) => [name === type, name])).toEqual(
      [
        "message_start",
        "content_block_start",
        ...Array<string>(4).fill("content_block_delta"),
        "content_block_stop",
        "message_delta",
        "message_stop",
      ].map((name) => [true, name]),
    );
    expect(answer.text).toContain(
      '"usage":{"input_tokens":10,"output_tokens":4,"cache_read_input_tokens":0}}\n\n',
    );
    expect(answer.text).not.toContain("[DONE]");
  });

  test("input_tokens includes the cached ones", async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 7, cached_tokens: 60 };
    const seed = seedWith({ completions: [{ match: {}, reply: { content: "Hi", usage } }] });
    await using gateway = await startGatewayEmulator({ seed });
    expect((await message(gateway)).body).toMatchObject({
      usage: { input_tokens: 100, output_tokens: 7, cache_read_input_tokens: 60 },
    });
  });

  test("x-emulator-usage sets the exact charge", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(gateway, {}, { headers: { "x-emulator-usage": "90/9" } });
    expect(answer.body).toMatchObject({ usage: { input_tokens: 90, output_tokens: 9 } });
  });

  test("stop_reason says what ended it, stop_sequence which one", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const ended = async (fields: object) => (await message(gateway, fields)).body;
    expect(await ended({ stop_sequences: ["!", "wor"] })).toMatchObject({
      content: [{ type: "text", text: "Hello, " }],
      stop_reason: "stop_sequence",
      stop_sequence: "wor",
    });
    expect(await ended({ max_tokens: 1 })).toMatchObject({
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "max_tokens",
      stop_sequence: null,
    });
    expect(await ended({ stop_sequences: ["absent"] })).toMatchObject({
      stop_reason: "end_turn",
      stop_sequence: null,
    });
  });

  test("a model that thinks and calls a tool", async () => {
    const call = { id: "call-1", name: "weather", arguments: { city: "Bonn" } };
    const reply = { reasoning_content: "A city.", content: "Let me look.", tool_calls: [call] };
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ completions: [{ match: {}, reply }] }),
    });
    expect((await message(gateway)).body).toMatchObject({
      content: [
        { type: "thinking", thinking: "A city.", signature: "" },
        { type: "text", text: "Let me look." },
        { type: "tool_use", id: "call-1", name: "weather", input: { city: "Bonn" } },
      ],
      stop_reason: "tool_use",
    });
  });
});

describe("the conversation", () => {
  test("the last user text is what rules match and the echo says; the system prompt is not part of it", async () => {
    const seed = seedWith({
      completions: [{ match: { last_message: "Any refunds?" }, reply: { content: "No." } }],
    });
    await using gateway = await startGatewayEmulator({ seed });
    const blocks = [
      { type: "text", text: "Any " },
      { type: "text", text: "refunds?" },
    ];
    const answer = await message(gateway, {
      system: "Any refunds? Never.",
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hi!" },
        { role: "user", content: blocks },
      ],
    });
    expect(answer.body).toMatchObject({ content: [{ text: "No." }] });
    expect((await message(gateway, { system: "Any refunds?" })).body).toMatchObject({
      content: [{ text: "Hello, world!" }],
    });
  });

  test("rules match the system prompt, as text and as blocks", async () => {
    const seed = seedWith({
      completions: [{ match: { system: { contains: "pirate" } }, reply: { content: "Arr!" } }],
    });
    await using gateway = await startGatewayEmulator({ seed });
    for (const system of ["You are a pirate.", [{ type: "text", text: "You are a pirate." }]]) {
      expect((await message(gateway, { system })).body).toMatchObject({ content: [{ text: "Arr!" }] });
    }
    expect((await message(gateway, { system: "You are a nurse." })).body).toMatchObject({
      content: [{ text: "Hello, world!" }],
    });
  });

  test("X-14: the prompt counts the same as the same conversation on chat", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const here = await message(gateway, {
      system: "Be kind.",
      tools: [{ name: "weather", description: "Looks", input_schema: schema }],
      messages: [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "A city.", signature: "" },
            { type: "text", text: "Let me look." },
            { type: "tool_use", id: "call-1", name: "weather", input: { city: "Bonn" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "call-1", content: [{ type: "text", text: "Rain" }] },
            { type: "text", text: "And now?" },
          ],
        },
      ],
    });
    const there = await chat(gateway, {
      tools: [{ function: { name: "weather", description: "Looks", parameters: schema } }],
      messages: [
        { role: "system", content: "Be kind." },
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: "Let me look.",
          reasoning_content: "A city.",
          tool_calls: [
            { id: "call-1", type: "function", function: { name: "weather", arguments: { city: "Bonn" } } },
          ],
        },
        { role: "tool", tool_call_id: "call-1", content: "Rain" },
        { role: "user", content: "And now?" },
      ],
    });
    expect(here.status).toBe(200);
    const { prompt_tokens } = Object(there.body).usage;
    expect(prompt_tokens).toBeGreaterThan(30);
    expect(here.body).toMatchObject({ usage: { input_tokens: prompt_tokens } });
  });
});

describe("the order of checks (X-7)", () => {
  const spent = seedWith({
    model: REQUESTS_PER_MINUTE(1),
    group: { usage: [{ slug: "acme/llama", type: "REQUEST", unit: "MINUTE", used: 1 }] },
  });

  test.each([
    ["not JSON", "{"],
    ["an empty object", {}],
    ["no messages", { model: "acme/llama", max_tokens: 1 }],
    ["model is a number", { ...HELLO_MESSAGE, model: 1 }],
    ["messages is an object", { ...HELLO_MESSAGE, messages: {} }],
  ])("X-5: the body is looked at before the key: %s", async (_name, body) => {
    await using gateway = await startGatewayEmulator({ seed: spent });
    for (const key of ["sky_unknown00000.secret", null]) {
      const answer = await call(gateway, "POST", MESSAGES, { key, body });
      expect([answer.status, answer.text]).toEqual([400, INVALID_BODY]);
    }
  });

  test("the key before the slug", async () => {
    await using gateway = await startGatewayEmulator({ seed: spent });
    const wrong = { model: "acme/nothing", max_tokens: 0 };
    const unkeyed = await message(gateway, wrong, { key: null });
    expect([unkeyed.status, unkeyed.text]).toEqual([401, WRONG_KEY]);
    const revoked = await message(gateway, wrong, { key: "sky_unknown00000.secret" });
    expect([revoked.status, revoked.text]).toEqual([403, WRONG_KEY]);
  });

  test("the slug before the limits, the limits before the values", async () => {
    await using gateway = await startGatewayEmulator({ seed: spent });
    const unknown = await message(gateway, { model: "acme/nothing", max_tokens: 0 });
    expect([unknown.status, unknown.text]).toEqual([404, UNKNOWN_MODEL]);
    const limited = await message(gateway, { max_tokens: 0 });
    expect([limited.status, limited.text]).toEqual([429, TOO_MANY]);
  });

  test("values last, in Anthropic's envelope, from behind the gateway", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(gateway, { max_tokens: 0 });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(refusal(answer)).toBe(invalidRequest("max_tokens: Input should be greater than or equal to 1"));
    expect(basetenHeaders(answer)).toEqual(MODEL_SERVER_HEADERS);
    expect(answer.body).toMatchObject({
      request_id: `req_${answer.headers.get("x-baseten-request-id")}`,
    });
  });

  test("X-18: another method", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await call(gateway, "GET", MESSAGES);
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("the key is read from Authorization alone (I-3)", () => {
  test("x-api-key is not read, and the hint says so", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(gateway, {}, { key: null, headers: { "x-api-key": FEDERATED_KEY } });
    expect([answer.status, answer.text]).toEqual([401, WRONG_KEY]);
    expect(hint(answer)).toContain("x-api-key is not read");
  });

  test("beside Authorization it does no harm", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    expect((await message(gateway, {}, { headers: { "x-api-key": "anything" } })).status).toBe(200);
    const answer = await message(gateway, {}, { key: "nothing", headers: { "x-api-key": FEDERATED_KEY } });
    expect(answer.status).toBe(403);
  });

  test("X-1: Bearer only where it is accepted", async () => {
    const bearer = { key: null, headers: { Authorization: `Bearer ${FEDERATED_KEY}` } };
    await using strict = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(strict, {}, bearer);
    expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    await using lenient = await startGatewayEmulator({
      seed: seedWith({ settings: { accept_bearer: true } }),
    });
    expect((await message(lenient, {}, bearer)).status).toBe(200);
  });

  test("X-17: a workspace key may call every slug of its workspace", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    expect((await message(gateway, {}, { key: gateway.workspaceKey })).status).toBe(200);
  });
});

describe("refused values (Y-16)", () => {
  test.each<[fields: object, text: string]>([
    [{ max_tokens: undefined }, "max_tokens: Field required"],
    [{ max_tokens: 1.5 }, "max_tokens: Input should be a valid integer, got a number with a fractional part"],
    [{ temperature: 1.5 }, "temperature: Input should be less than or equal to 1"],
    [{ top_p: 0 }, "top_p: Input should be greater than 0"],
    [{ top_k: -1 }, "top_k: Input should be greater than or equal to 0"],
    [{ messages: [] }, "messages: List should have at least 1 item after validation, not 0"],
    [{ stop_sequences: "x" }, "stop_sequences: Input should be a valid list"],
    [{ stream: null }, "stream: Input should be a valid boolean"],
    [
      { messages: [{ role: "system", content: "x" }] },
      "messages.0: Input tag 'system' found using 'role' does not match any of the expected tags: 'user', 'assistant'",
    ],
    [{ messages: [{ role: "user" }] }, "messages.0.content: Field required"],
    [
      { messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages.0.content.0.text: Field required",
    ],
    [{ tools: [{ name: "weather" }] }, "tools.0.input_schema: Field required"],
    [{ tool_choice: { type: "tool" } }, "tool_choice.name: Field required"],
    [{ metadata: { user_id: 7 } }, "metadata.user_id: Input should be a valid string"],
  ])("%j", async (fields, text) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(gateway, fields);
    expect([answer.status, refusal(answer)]).toEqual([400, invalidRequest(text)]);
  });

  test("what the model cannot do is refused in the same envelope", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ settings: { images: "refuse" } }) });
    const image = { type: "image", source: { type: "url", url: "https://example.com/a.png" } };
    const answer = await message(gateway, { messages: [{ role: "user", content: [image] }] });
    expect([answer.status, refusal(answer)]).toEqual([400, invalidRequest("image_url is not supported")]);
  });

  test("of a long body too only the first finding is told", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(gateway, { messages: Array<number>(40_000).fill(0), max_tokens: 0 });
    expect(refusal(answer)).toBe(invalidRequest("messages.0: Input should be a valid dictionary"));
  });

  test("X-10: unknown fields are noted, or refused if the world wants it", async () => {
    const fields = { service_tier: "auto", betas: ["x"] };
    await using lenient = await startGatewayEmulator({ seed: seedWith() });
    expect((await message(lenient, fields)).status).toBe(200);
    const [entry] = await lenient.requests({ path: MESSAGES });
    expect(entry?.notes).toContain("ignored unknown fields: service_tier, betas");
    await using strict = await startGatewayEmulator({
      seed: seedWith({ settings: { unknown_fields: "reject" } }),
    });
    expect(refusal(await message(strict, fields))).toBe(
      invalidRequest("service_tier: Extra inputs are not permitted"),
    );
  });

  test("keys that SDKs add inside blocks are let through", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { unknown_fields: "reject" } }),
    });
    const cache_control = { type: "ephemeral" };
    const answer = await message(gateway, {
      system: [{ type: "text", text: "Be kind.", cache_control }],
      messages: [{ role: "user", content: [{ type: "text", text: "Hi", cache_control }] }],
      tools: [{ type: "custom", name: "now", input_schema: { type: "object" }, cache_control }],
      thinking: { type: "enabled", budget_tokens: 1024 },
    });
    expect(answer.status).toBe(200);
  });
});

describe("limits, usage and journal are those of chat", () => {
  /** What the group has used today, per limit. */
  async function used(gateway: GatewayEmulator): Promise<unknown> {
    const { body } = await management(gateway).get("/groups");
    const [group] = Object(body).items;
    const usage = await management(gateway).get(`/groups/${group.id}/usage`);
    return Object(usage.body).usage["acme/llama"].map((limit: object) => Object(limit).current_usage);
  }
  const DAILY = {
    usage_limits: [
      { type: "REQUEST", unit: "DAY", threshold: 100 },
      { type: "TOKEN", unit: "DAY", threshold: 1000 },
    ],
  };

  test("L-1: both routes draw on one budget", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ model: REQUESTS_PER_MINUTE(2) }) });
    expect((await chat(gateway)).status).toBe(200);
    expect((await message(gateway)).status).toBe(200);
    expect((await message(gateway)).text).toBe(TOO_MANY);
    expect((await chat(gateway)).text).toBe(TOO_MANY);
    await gateway.clock.advance("60s");
    expect((await message(gateway)).status).toBe(200);
  });

  test("L-2: a request and its tokens count as much as on chat, streamed or not", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ model: DAILY }) });
    await chat(gateway);
    expect(await used(gateway)).toEqual([1, 14]);
    await message(gateway);
    expect(await used(gateway)).toEqual([2, 28]);
    await message(gateway, { stream: true });
    expect(await used(gateway)).toEqual([3, 42]);
  });

  test("L-4: a refused value counts nowhere", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ model: DAILY }) });
    await message(gateway);
    expect((await message(gateway, { temperature: 2 })).status).toBe(400);
    expect(await used(gateway)).toEqual([1, 14]);
  });

  test("L-13: the decision and, where wanted, the limit headers", async () => {
    const settings = { rate_limit_headers: true };
    const seed = seedWith({ settings, model: REQUESTS_PER_MINUTE(2) });
    await using gateway = await startGatewayEmulator({ seed });
    const { headers } = await message(gateway);
    expect(headers.get("x-ratelimit-remaining-requests")).toBe("1");
    expect(headers.get("x-emulator-decision")).toBe(headers.get("x-emulator-request"));
  });

  test("L-4: a stream that is cut counts what was sent of it", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ top: { clock: undefined } }) });
    const headers = { "x-emulator-fault": '{"cut":{"after_chunks":4}}' };
    await expect(message(gateway, { stream: true }, { headers })).rejects.toThrow();
    const [entry] = await gateway.requests({ path: MESSAGES });
    // The start of the message and of the block come before the first two of four tokens.
    expect(entry).toMatchObject({ promptTokens: 10, completionTokens: 2 });
  });

  test("the journal has the request, its tokens and both bodies", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await message(gateway);
    const [entry] = await gateway.requests({ path: MESSAGES });
    expect(entry).toMatchObject({
      method: "POST",
      status: 200,
      surface: "inference",
      slug: "acme/llama",
      externalEntityId: "org",
      keyPrefix: "sky_acmeprod0001",
      promptTokens: 10,
      completionTokens: 4,
      error: null,
      requestBody: JSON.stringify(HELLO_MESSAGE),
      responseBody: answer.text,
    });
  });

  test("a refusal is journalled by its code", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    await message(gateway, { max_tokens: 0 });
    const [entry] = await gateway.requests({ path: MESSAGES, status: 400 });
    expect(entry?.error).toBe("messages_invalid_value");
  });
});
