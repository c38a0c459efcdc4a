import { type Schema, Validator } from "@cfworker/json-schema";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { basetenHeaders, chat, MODEL_SERVER_HEADERS, say, seedWith } from "../support/chat.js";
import type { Answered } from "../support/client.js";
import { COUNTED, contentOf, openStream, usedToday } from "./support.js";

const messageOf = ({ body }: Answered) => body.choices[0].message;
const argumentsOf = (answer: Answered) => JSON.parse(messageOf(answer).tool_calls[0].function.arguments);

/** One answer by one rule, asked with `fields`. */
async function replied(reply: object, fields: object = {}): Promise<Answered> {
  await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [{ reply }] }) });
  return await chat(gateway, fields);
}

describe("content", () => {
  test.each([
    ["You said {{last_message}}.", "You said Hello, world!."],
    ["{{ model }}, {{key}}, {{group}}, {{turn}}", "acme/llama, acme-prod, org, 1"],
    ["{{who}} and {last_message} and {{", "{{who}} and {last_message} and {{"],
  ])("%j says %j", async (content, said) => {
    expect(contentOf(await replied({ content }))).toBe(said);
  });

  test("what is filled in is not looked at again", async () => {
    const messages = [{ role: "user", content: "{{key}} $& $1" }];
    expect(contentOf(await replied({ content: "<{{last_message}}>" }, { messages }))).toBe("<{{key}} $& $1>");
  });

  test("reasoning_content is filled in as well, and comes beside it (I-1.3)", async () => {
    const answer = await replied({ content: "yes", reasoning_content: "turn {{turn}}" });
    expect(messageOf(answer)).toEqual({ content: "yes", role: "assistant", reasoning_content: "turn 1" });
    expect(answer.body.usage.completion_tokens_details.reasoning_tokens).toBe(2);
  });

  test("pieces of a stream are filled in one by one, and stay the pieces", async () => {
    const reply = { stream: { chunks: ["You said ", "{{last_message}}", " in {{model}}."] } };
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [{ reply }] }) });
    const stream = await openStream(gateway);
    expect([await stream.text(), await stream.text(), await stream.text()]).toEqual([
      "You said ",
      "Hello, world!",
      " in acme/llama.",
    ]);
    expect(contentOf(await chat(gateway))).toBe("You said Hello, world! in acme/llama.");
  });

  test("an empty one is empty, and no echo", async () => {
    expect(contentOf(await replied({ content: "" }))).toBe("");
  });

  test("a reply that says nothing echoes", async () => {
    expect(contentOf(await replied({}))).toBe("Hello, world!");
  });

  test("pieces for a stream are the content, when there is no other", async () => {
    expect(contentOf(await replied({ stream: { chunks: ["One, ", "two."] } }))).toBe("One, two.");
  });
});

describe("tool_calls", () => {
  test.each([
    [{ city: "Paris", days: [1, 2] }, '{"city":"Paris","days":[1,2]}'],
    ['{"city": "Paris"}', '{"city": "Paris"}'],
    ["not JSON", "not JSON"],
  ])("arguments %j are sent as %j (I-1.3)", async (args, sent) => {
    const answer = await replied({ tool_calls: [{ name: "get_weather", arguments: args }] });
    expect(messageOf(answer)).toEqual({
      tool_calls: [
        {
          id: expect.stringMatching(/^chatcmpl-tool-[0-9a-f]{32}$/),
          type: "function",
          function: { name: "get_weather", arguments: sent },
        },
      ],
      role: "assistant",
    });
    expect(answer.body.choices[0].finish_reason).toBe("tool_calls");
  });

  test.each([
    [
      { q: "{{last_message}}", in: [{ turn: "{{turn}}" }], n: 1 },
      { q: 'say "hi"\n', in: [{ turn: "1" }], n: 1 },
    ],
    ['{"q": "{{last_message}}", "turn": {{turn}}}', { q: 'say "hi"\n', turn: 1 }],
    [{ "{{key}}": "{{who}}" }, { "{{key}}": "{{who}}" }],
  ])("arguments %j are filled in, and JSON afterwards too", async (args, sent) => {
    const messages = [{ role: "user", content: 'say "hi"\n' }];
    const answer = await replied({ tool_calls: [{ name: "search", arguments: args }] }, { messages });
    expect(argumentsOf(answer)).toEqual(sent);
  });

  test("several, with ids of one's own and words before them", async () => {
    const tool_calls = [{ name: "a", id: "functions.a:0" }, { name: "b" }];
    const answer = await replied({ content: "Wait.", tool_calls });
    const [first, second] = messageOf(answer).tool_calls;
    expect(messageOf(answer).content).toBe("Wait.");
    expect(first).toEqual({
      id: "functions.a:0",
      type: "function",
      function: { name: "a", arguments: "{}" },
    });
    expect(second.id).not.toBe(first.id);
  });
});

describe("finish_reason and usage", () => {
  test.each(["stop", "length", "tool_calls"])("finish_reason %s", async (finish_reason) => {
    const answer = await replied({ content: "x", finish_reason });
    expect(answer.body.choices[0].finish_reason).toBe(finish_reason);
  });

  test("usage with cached and reasoning tokens, which are counted as they stand (X-14, X-15)", async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 50, cached_tokens: 80, reasoning_tokens: 30 };
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ model: COUNTED, completions: [{ reply: { content: "x", usage } }] }),
    });
    expect((await chat(gateway)).body.usage).toEqual({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 80 },
      completion_tokens_details: {
        accepted_prediction_tokens: 0,
        audio_tokens: 0,
        reasoning_tokens: 30,
        rejected_prediction_tokens: 0,
      },
    });
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 150 });
  });
});

describe("mode", () => {
  test("echo repeats the last message", async () => {
    expect(contentOf(await replied({ mode: "echo" }))).toBe("Hello, world!");
  });

  test("lorem is prose: the same for the same request, another for another", async () => {
    const seed = seedWith({ completions: [{ reply: { mode: "lorem", reasoning_content: "{{turn}}" } }] });
    await using gateway = await startGatewayEmulator({ seed });
    const first = await say(gateway, "a");
    expect(contentOf(first)).toMatch(/^(?:[A-Z][a-z ]+\. )+/);
    expect(messageOf(first).reasoning_content).toBe("1");
    await say(gateway, "b");
    expect(contentOf(await say(gateway, "a"))).toBe(contentOf(first));
    expect(contentOf(await say(gateway, "b"))).not.toBe(contentOf(first));
  });

  test("lorem ends at max_tokens", async () => {
    const answer = await replied({ mode: "lorem" }, { max_tokens: 3 });
    expect(answer.body.choices[0].finish_reason).toBe("length");
    expect(answer.body.usage.completion_tokens).toBe(3);
  });
});

describe("what a model cannot do (I-4.2)", () => {
  const image = {
    messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:,x" } }] }],
  };
  const refused = (message: string) =>
    `{\n\t"error": {\n\t\t"code": 400,\n\t\t"message": "${message}",\n\t\t"type": "Bad Request"\n\t}\n}\n`;
  const NO_IMAGES = refused("image_url is not supported");
  const NO_LOGPROBS = refused("returning log probs is not supported");

  test.each([
    [{ images: "refuse" }, image, NO_IMAGES],
    [{ models: { "acme/llama": { images: "refuse" } } }, image, NO_IMAGES],
    [{ logprobs: "refused" }, { logprobs: true }, NO_LOGPROBS],
    [{ models: { "acme/llama": { logprobs: "refused" } } }, { logprobs: true }, NO_LOGPROBS],
  ])("%j refuses, and counts nothing (L-4)", async (settings, fields, text) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ settings, model: COUNTED }) });
    const answer = await chat(gateway, fields);
    expect([answer.status, answer.text]).toEqual([400, text]);
    expect(basetenHeaders(answer)).toEqual(MODEL_SERVER_HEADERS);
    expect(await usedToday(gateway)).toEqual({ REQUEST: null, TOKEN: null });
  });

  test.each([
    [{}, image],
    [{ images: "refuse", models: { "acme/llama": { images: "accept" } } }, image],
    [{ models: { "acme/glm": { images: "refuse" } } }, image],
    [{ images: "refuse" }, {}],
    [{}, { logprobs: true }],
    [{ logprobs: "refused" }, { logprobs: false }],
  ])("%j takes %j", async (settings, fields) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ settings }) });
    const answer = await chat(gateway, fields);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain("logprobs");
  });
});

describe("without a rule, what the request insists on (I-2)", () => {
  const WEATHER: Schema = {
    type: "object",
    properties: {
      city: { type: "string", minLength: 1 },
      days: { type: "integer", minimum: 1, maximum: 7 },
    },
    required: ["city", "days"],
    additionalProperties: false,
  };
  const tool = (name: string, parameters?: object) => ({
    type: "function",
    function: { name, ...(parameters ? { parameters } : {}) },
  });
  const tools = [tool("get_weather", WEATHER), tool("ping")];

  async function asked(fields: object): Promise<Answered> {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    return await chat(gateway, fields);
  }

  test("tool_choice required: the first tool, with arguments that its schema allows", async () => {
    const answer = await asked({ tools, tool_choice: "required" });
    expect(messageOf(answer).tool_calls).toHaveLength(1);
    expect(messageOf(answer).tool_calls[0].function.name).toBe("get_weather");
    expect(messageOf(answer).content).toBeUndefined();
    expect(new Validator(WEATHER).validate(argumentsOf(answer)).valid).toBe(true);
    expect(answer.body.choices[0].finish_reason).toBe("tool_calls");
  });

  test("tool_choice by name: that tool; without parameters its arguments are an object", async () => {
    const answer = await asked({ tools, tool_choice: { type: "function", function: { name: "ping" } } });
    expect(messageOf(answer).tool_calls[0].function.name).toBe("ping");
    expect(argumentsOf(answer)).toBeTypeOf("object");
  });

  test.each(["auto", "none"])("tool_choice %s: an echo", async (tool_choice) => {
    expect(contentOf(await asked({ tools, tool_choice }))).toBe("Hello, world!");
  });

  test("json_schema: content that the schema allows, the same for the same request", async () => {
    const response_format = { type: "json_schema", json_schema: { name: "weather", schema: WEATHER } };
    const answer = await asked({ response_format });
    expect(new Validator(WEATHER).validate(JSON.parse(contentOf(answer))).valid).toBe(true);
    expect(answer.body.choices[0].finish_reason).toBe("stop");
    expect(contentOf(await asked({ response_format }))).toBe(contentOf(answer));
  });

  test("json_schema, streamed: the same", async () => {
    const response_format = { type: "json_schema", json_schema: { name: "weather", schema: WEATHER } };
    const whole = contentOf(await asked({ response_format }));
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const stream = await openStream(gateway, { response_format });
    const pieces = (await stream.rest())
      .slice(0, -1)
      .map((event) => JSON.parse(event).choices[0]?.delta.content ?? "");
    expect(pieces.join("")).toBe(whole);
  });

  test("json_object: a JSON object", async () => {
    const content = JSON.parse(contentOf(await asked({ response_format: { type: "json_object" } })));
    expect(content).toEqual({ answer: expect.any(String) });
  });

  test("a schema that nothing fits is 400, and the hint says so", async () => {
    const schema = { type: "integer", minimum: 2, maximum: 1 };
    const answer = await asked({
      response_format: { type: "json_schema", json_schema: { name: "none", schema } },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toBe("Invalid request: the JSON schema cannot be satisfied");
    expect(answer.headers.get("x-emulator-hint")).toContain("No value was found for the schema");
  });
});
