import { createBaseten } from "@ai-sdk/baseten";
import { APICallError, generateObject, generateText, RetryError, stepCountIs, streamText, tool } from "ai";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { FEDERATED_KEY, seedWith } from "../support/chat.js";

/** The provider as its own documents set it up: it sends Bearer. */
function model(gateway: GatewayEmulator, headers: Record<string, string> = {}) {
  const baseten = createBaseten({ baseURL: gateway.inferenceUrl, apiKey: FEDERATED_KEY, headers });
  return baseten("acme/llama");
}

/** A world that takes federated keys as Bearer. */
const start = (parts: Parameters<typeof seedWith>[0] = {}) =>
  startGatewayEmulator({ seed: seedWith(parts), acceptBearer: true });

const REASONING = { reply: { reasoning_content: "Let me see.", content: "It is 42." } };
const WEATHER = [
  { match: { has_tool_result: true }, reply: { content: "18 degrees." } },
  { match: {}, reply: { tool_calls: [{ name: "get_weather", arguments: { city: "Paris" } }] } },
];

async function failure(work: () => Promise<unknown>): Promise<APICallError> {
  const cause: unknown = await work().then(
    () => null,
    (error: unknown) => error,
  );
  if (APICallError.isInstance(cause)) return cause;
  throw new Error("expected an APICallError", { cause });
}

describe("@ai-sdk/baseten: the key (X-1)", () => {
  const ask = (gateway: GatewayEmulator, headers?: Record<string, string>) =>
    generateText({ model: model(gateway, headers), prompt: "Hello, world!", maxRetries: 0 });

  test("Bearer with accept_bearer", async () => {
    await using gateway = await start();
    expect((await ask(gateway)).text).toBe("Hello, world!");
  });

  test("without it: 403, unless the header is set by hand", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const error = await failure(() => ask(gateway));
    expect([error.statusCode, error.message]).toEqual([403, "please check the api-key you provided"]);
    expect((await ask(gateway, { Authorization: `Api-Key ${FEDERATED_KEY}` })).text).toBe("Hello, world!");
  });
});

describe("@ai-sdk/baseten: text", () => {
  test("generateText: text, reasoning, usage, finishReason", async () => {
    await using gateway = await start({ completions: [REASONING] });
    const result = await generateText({ model: model(gateway), prompt: "What is it?" });
    expect([result.text, result.reasoningText, result.finishReason]).toEqual([
      "It is 42.",
      "Let me see.",
      "stop",
    ]);
    expect(result.usage).toMatchObject({ inputTokens: 10, outputTokens: 8, totalTokens: 18 });
    expect(result.response.modelId).toBe("acme/llama");
  });

  test.each(["sparse", "full", "openai"])("streamText in the %s dialect (X-11)", async (stream_dialect) => {
    await using gateway = await start({ completions: [REASONING], settings: { stream_dialect } });
    const result = streamText({ model: model(gateway), prompt: "What is it?" });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces).toEqual(["It", " is", " 42", "."]);
    expect(await result.reasoningText).toBe("Let me see.");
    expect(await result.finishReason).toBe("stop");
    expect(await result.usage).toMatchObject({ inputTokens: 10, outputTokens: 8 });
  });

  test("a stream that is paced by the clock", async () => {
    await using gateway = await start({ settings: { stream: { tokens_per_second: 10 } } });
    const result = streamText({ model: model(gateway), prompt: "one two three" });
    const pieces: string[] = [];
    for await (const piece of result.textStream) {
      pieces.push(piece);
      await gateway.clock.advance(100);
    }
    expect(pieces).toEqual(["one", " two", " three"]);
  });
});

describe("@ai-sdk/baseten: objects and tools (I-2)", () => {
  const schema = z.object({ city: z.string().min(1), degrees: z.number(), sky: z.enum(["clear", "grey"]) });

  test("generateObject: values that fit the schema, without a rule", async () => {
    await using gateway = await start();
    const { object } = await generateObject({ model: model(gateway), schema, prompt: "The weather?" });
    expect(schema.parse(object)).toEqual(object);
  });

  test("generateObject: a canned one", async () => {
    const said = { city: "Paris", degrees: 18, sky: "clear" };
    await using gateway = await start({ completions: [{ reply: { content: JSON.stringify(said) } }] });
    const { object } = await generateObject({ model: model(gateway), schema, prompt: "The weather?" });
    expect(object).toEqual(said);
  });

  const tools = {
    get_weather: tool({
      description: "The weather of a city",
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `18 degrees in ${city}`,
    }),
  };

  test("generateText runs a tool and goes on", async () => {
    await using gateway = await start({ completions: WEATHER });
    const result = await generateText({
      model: model(gateway),
      tools,
      stopWhen: stepCountIs(3),
      prompt: "The weather?",
    });
    expect(result.text).toBe("18 degrees.");
    expect(result.steps.map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "stop"]);
    expect(result.steps[0]?.toolResults[0]).toMatchObject({
      toolName: "get_weather",
      input: { city: "Paris" },
      output: "18 degrees in Paris",
    });
    const [, second] = await gateway.requests();
    expect(second?.requestBody).toContain("18 degrees in Paris");
  });

  test.each(["whole", "fragments"])(
    "streamText runs a tool that comes in deltas: %s (I-1.4)",
    async (tool_deltas) => {
      await using gateway = await start({
        completions: WEATHER,
        settings: { stream: { tool_deltas } },
      });
      const result = streamText({
        model: model(gateway),
        tools,
        stopWhen: stepCountIs(3),
        prompt: "The weather?",
      });
      expect(await result.text).toBe("18 degrees.");
      expect((await result.steps)[0]?.toolCalls[0]).toMatchObject({ input: { city: "Paris" } });
    },
  );

  test("toolChoice required: arguments that fit, without a rule", async () => {
    await using gateway = await start();
    const result = await generateText({
      model: model(gateway),
      tools,
      toolChoice: "required",
      prompt: "The weather?",
    });
    expect(result.toolCalls).toMatchObject([
      { toolName: "get_weather", input: { city: expect.any(String) } },
    ]);
    expect(result.toolCalls[0]?.invalid).toBeUndefined();
  });
});

describe("@ai-sdk/baseten: errors (I-8)", () => {
  const ask = (gateway: GatewayEmulator, fault: string, maxRetries = 0) =>
    generateText({ model: model(gateway, { "x-emulator-fault": fault }), prompt: "Hi", maxRetries });

  test.each([
    ["unknown_model", 404, "please check the model you provided", false],
    ["rate_limited", 429, "Too Many Requests", true],
    ["model_unavailable", 502, "Error making prediction", true],
    ["overloaded", 529, "Overloaded", true],
  ])("%s: %d %j, isRetryable %j", async (preset, statusCode, message, isRetryable) => {
    await using gateway = await start();
    expect(await failure(() => ask(gateway, preset))).toMatchObject({ statusCode, message, isRetryable });
  });

  test("the model server's nested error has its message (X-8)", async () => {
    await using gateway = await start();
    const hot = () => generateText({ model: model(gateway), prompt: "Hi", temperature: 3, maxRetries: 0 });
    const error = await failure(hot);
    expect(error.message).toBe("Validation: Temperature must be between 0 and 2, got 3");
  });

  test("its retries show in the journal", async () => {
    await using gateway = await start();
    const soon = '{"preset":"draining","headers":{"retry-after-ms":"1"}}';
    await expect(ask(gateway, soon, 2)).rejects.toThrow(RetryError);
    expect(await gateway.requests({ status: 503 })).toHaveLength(3);
  });

  test("a stream that is cut: the text so far, then an error", async () => {
    await using gateway = await start();
    const result = streamText({
      model: model(gateway, { "x-emulator-fault": '{"cut":{"after_chunks":2}}' }),
      prompt: "one two three four",
      maxRetries: 0,
      onError: () => {},
    });
    let text = "";
    const read = async () => {
      for await (const piece of result.textStream) text += piece;
    };
    expect((await failure(read)).message).toBe("Failed to process successful response");
    expect(text).toBe("one two");
  });
});
