import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { FEDERATED_KEY, seedWith } from "../support/chat.js";

/**
 * The SDK sends both `apiKey` and `authToken` as Bearer; a federated key needs the scheme `Api-Key`, so
 * the header is set by hand.
 */
function client(gateway: GatewayEmulator, key = FEDERATED_KEY): Anthropic {
  return new Anthropic({
    baseURL: gateway.url,
    apiKey: key,
    defaultHeaders: { Authorization: `Api-Key ${key}` },
    maxRetries: 0,
  });
}

const HELLO = {
  model: "acme/llama",
  max_tokens: 1024,
  messages: [{ role: "user" as const, content: "Hello, world!" }],
};
const WEATHER: Anthropic.Tool = {
  name: "weather",
  description: "The weather in a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
/** Asks for the weather first, answers once it has a tool's result. */
const WEATHER_SEED = seedWith({
  completions: [
    { match: { last_message: "Rain in Bonn" }, reply: { content: "Take an umbrella." } },
    {
      match: {},
      reply: {
        reasoning_content: "A city.",
        content: "Let me look.",
        tool_calls: [{ id: "call-1", name: "weather", arguments: { city: "Bonn" } }],
      },
    },
  ],
});

/** What a call throws. */
async function failure(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("the call was answered");
}

describe("messages.create", () => {
  test("a message", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const message = await client(gateway).messages.create({ ...HELLO, system: "Be kind." });
    expect(message.id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      model: "acme/llama",
      content: [{ type: "text", text: "Hello, world!" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 16, output_tokens: 4, cache_read_input_tokens: 0 },
    });
  });

  test("with authToken the key goes out as Bearer, which a lenient world takes (X-1)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { accept_bearer: true } }),
    });
    const anthropic = new Anthropic({ baseURL: gateway.url, authToken: FEDERATED_KEY });
    expect((await anthropic.messages.create(HELLO)).stop_reason).toBe("end_turn");
  });

  test("a workspace key may go out as Bearer (X-17)", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: gateway.workspaceKey });
    expect((await anthropic.messages.create(HELLO)).stop_reason).toBe("end_turn");
  });

  test("a round trip with a tool", async () => {
    await using gateway = await startGatewayEmulator({ seed: WEATHER_SEED });
    const { messages } = client(gateway);
    const asked = await messages.create({ ...HELLO, tools: [WEATHER], tool_choice: { type: "any" } });
    expect(asked.stop_reason).toBe("tool_use");
    const call = asked.content.find((block) => block.type === "tool_use");
    expect(call).toMatchObject({ id: "call-1", name: "weather", input: { city: "Bonn" } });
    const answered = await messages.create({
      ...HELLO,
      tools: [WEATHER],
      messages: [
        ...HELLO.messages,
        { role: "assistant", content: asked.content },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: call?.id ?? "", content: "Rain" },
            { type: "text", text: "Rain in Bonn" },
          ],
        },
      ],
    });
    expect(answered.content).toMatchObject([{ type: "text", text: "Take an umbrella." }]);
  });
});

describe("messages.stream", () => {
  test("text events and the final message", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const pieces: string[] = [];
    const stream = client(gateway)
      .messages.stream(HELLO)
      .on("text", (text) => pieces.push(text));
    const message = await stream.finalMessage();
    expect(pieces).toEqual(["Hello", ",", " world", "!"]);
    expect(message).toMatchObject({
      content: [{ type: "text", text: "Hello, world!" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 10, output_tokens: 4, cache_read_input_tokens: 0 },
    });
  });

  test("streamed and whole say the same", async () => {
    await using gateway = await startGatewayEmulator({ seed: WEATHER_SEED });
    const { messages } = client(gateway);
    const whole = await messages.create({ ...HELLO, tools: [WEATHER] });
    const streamed = await messages.stream({ ...HELLO, tools: [WEATHER] }).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage).toEqual(whole.usage);
    expect(streamed.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use"]);
    expect([streamed.stop_reason, whole.stop_reason]).toEqual(["tool_use", "tool_use"]);
  });

  test("the stop sequence is named", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const message = await client(gateway)
      .messages.stream({ ...HELLO, stop_sequences: [" world"] })
      .finalMessage();
    expect([message.stop_reason, message.stop_sequence]).toEqual(["stop_sequence", " world"]);
  });

  test("create with stream: true is an iterator of events", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const types = new Set<string>();
    for await (const event of await client(gateway).messages.create({ ...HELLO, stream: true })) {
      types.add(event.type);
    }
    expect([...types]).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });
});

describe("errors (Y-16, I-8)", () => {
  const limited = seedWith({
    model: { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] },
    group: { usage: [{ slug: "acme/llama", type: "REQUEST", unit: "MINUTE", used: 1 }] },
  });

  test("a refused value is a BadRequestError with type and message", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const error = await failure(client(gateway).messages.create({ ...HELLO, max_tokens: 0 }));
    expect(error).toBeInstanceOf(Anthropic.BadRequestError);
    expect(error).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      error: {
        type: "error",
        error: { message: "max_tokens: Input should be greater than or equal to 1" },
      },
    });
  });

  test("the gateway's string envelopes have a class by status, but no type", async () => {
    await using gateway = await startGatewayEmulator({ seed: limited });
    const calls = [
      [client(gateway, "sky_unknown00000.secret").messages.create(HELLO), Anthropic.PermissionDeniedError],
      [client(gateway).messages.create({ ...HELLO, model: "acme/nothing" }), Anthropic.NotFoundError],
      [client(gateway).messages.create(HELLO), Anthropic.RateLimitError],
    ] as const;
    for (const [call, errorClass] of calls) {
      const error = await failure(call);
      expect(error).toBeInstanceOf(errorClass);
      expect(error).toMatchObject({ type: null });
    }
  });

  test("the message of a string envelope is the whole body", async () => {
    await using gateway = await startGatewayEmulator({ seed: limited });
    expect(await failure(client(gateway).messages.create(HELLO))).toMatchObject({
      message: '429 {"error":"Too Many Requests"}',
    });
  });

  test("a plain client sends Bearer: the hint tells how to send a federated key (X-1)", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: FEDERATED_KEY });
    const error = await failure(anthropic.messages.create(HELLO));
    expect(error).toBeInstanceOf(Anthropic.PermissionDeniedError);
    if (!(error instanceof Anthropic.PermissionDeniedError)) return;
    expect(error.headers.get("x-emulator-hint")).toContain("defaultHeaders");
  });

  test("an older client sends x-api-key alone: 401 with a hint", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const anthropic = new Anthropic({
      baseURL: gateway.url,
      apiKey: FEDERATED_KEY,
      defaultHeaders: { Authorization: null, "X-Api-Key": FEDERATED_KEY },
    });
    const error = await failure(anthropic.messages.create(HELLO));
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
    if (!(error instanceof Anthropic.AuthenticationError)) return;
    expect(error.headers.get("x-emulator-hint")).toContain("x-api-key is not read");
  });
});
