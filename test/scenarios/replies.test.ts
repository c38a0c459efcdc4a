import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type Schema, Validator } from "@cfworker/json-schema";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import {
  basetenHeaders,
  CHAT,
  chat,
  FEDERATED_KEY,
  HELLO,
  MODEL_SERVER_HEADERS,
  say,
  seedWith,
} from "../support/chat.js";
import { type Answered, call } from "../support/client.js";
import { COUNTED, contentOf, openStream, until, usedToday } from "./support.js";

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

  test("reasoning_content is filled in as well, and comes beside it (§1.3)", async () => {
    const answer = await replied({ content: "yes", reasoning_content: "turn {{turn}}" });
    expect(messageOf(answer)).toEqual({ content: "yes", role: "assistant", reasoning_content: "turn 1" });
    expect(answer.body.usage.completion_tokens_details.reasoning_tokens).toBe(2);
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
  ])("arguments %j are sent as %j (§1.3)", async (args, sent) => {
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

describe("what a model cannot do (§4.2)", () => {
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

describe("forward", () => {
  type Answer = [status: number, body: string];

  /** A real OpenAI-compatible server that answers with `answer`, and tells what it was asked. */
  async function upstream(answer: () => Answer | Promise<Answer>) {
    const asked: { path: string; headers: IncomingMessage["headers"]; body: object }[] = [];
    const server = createServer(async (request, response) => {
      let text = "";
      for await (const part of request.setEncoding("utf8")) text += part;
      asked.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
      const [status, body] = await answer();
      response.writeHead(status, { "Content-Type": "application/json" }).end(body);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}/v1`,
      asked,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
      },
    };
  }
  const completion = (message: object, more: object = {}) =>
    JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop", ...more }] });
  const forwarding = (url: string, more: object = {}, reply: object = {}) =>
    seedWith({ model: COUNTED, completions: [{ reply: { forward: { url, ...more }, ...reply } }] });

  test("asks with the request, and answers in its words, under the slug and with its usage", async () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } };
    await using real = await upstream(() => [
      200,
      JSON.stringify({ ...JSON.parse(completion({ role: "assistant", content: "Really." })), usage }),
    ]);
    const headers = { "X-Real-Key": "secret" };
    await using gateway = await startGatewayEmulator({
      seed: forwarding(`${real.url}/`, { model: "tiny", headers }),
    });
    const answer = await chat(gateway, { max_tokens: 5, stop: "\n" });
    expect(contentOf(answer)).toBe("Really.");
    expect(answer.body.model).toBe("acme/llama");
    expect(answer.body.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
    expect(answer.body.usage.prompt_tokens_details.cached_tokens).toBe(2);
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 10 });
    expect(real.asked).toMatchObject([
      {
        path: "/v1/chat/completions",
        headers: { "x-real-key": "secret" },
        body: {
          model: "tiny",
          messages: [{ role: "user", content: "Hello, world!" }],
          max_tokens: 5,
          stop: ["\n"],
        },
      },
    ]);
    expect(real.asked[0]?.headers.authorization).toBeUndefined();
  });

  test("what it says is not cut again; tools and reasoning come through", async () => {
    const call = { id: "call_9", type: "function", function: { name: "add", arguments: '{"a":1}' } };
    await using real = await upstream(() => [
      200,
      completion(
        { content: "one two three", reasoning_content: "hm", tool_calls: [call] },
        { finish_reason: "tool_calls" },
      ),
    ]);
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    const tools = [{ type: "function", function: { name: "add", parameters: { type: "object" } } }];
    const answer = await chat(gateway, { max_tokens: 1, stop: "two", tools, tool_choice: "required" });
    expect(messageOf(answer)).toEqual({
      content: "one two three",
      tool_calls: [call],
      role: "assistant",
      reasoning_content: "hm",
    });
    expect(answer.body.choices[0].finish_reason).toBe("tool_calls");
    expect(real.asked[0]?.body).toMatchObject({
      tool_choice: "required",
      tools: [{ type: "function", function: { name: "add", parameters: { type: "object" } } }],
    });
  });

  test("streams it, with the rule's own pieces and usage", async () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3 };
    const said = { ...JSON.parse(completion({ content: "one two three" })), usage };
    await using real = await upstream(() => [200, JSON.stringify(said)]);
    await using gateway = await startGatewayEmulator({
      seed: forwarding(real.url, {}, { stream: { chunk_tokens: 2 }, usage: { completion_tokens: 30 } }),
    });
    const stream = await openStream(gateway);
    expect([await stream.text(), await stream.text()]).toEqual(["one two", " three"]);
    const last = (await stream.rest()).at(-2) ?? "";
    expect(JSON.parse(last).usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 30 });
  });

  test.each<[string, [number, string]]>([
    ["refuses", [404, '{"error":"no such model"}']],
    ["fails", [500, "oops"]],
    ["answers with something else than JSON", [200, "<html>"]],
    ["answers with something else than a completion", [200, '{"choices":[]}']],
  ])("502 when it %s: one REQUEST, no tokens (§4.3, L-4)", async (_name, response) => {
    await using real = await upstream(() => response);
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    const answer = await chat(gateway);
    expect([answer.status, answer.text]).toEqual([502, '{"error":"Error making prediction"}\n']);
    expect(answer.headers.get("x-emulator-hint")).toContain(
      `forwarding to ${real.url}/chat/completions failed`,
    );
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 0 });
  });

  test.each([
    [{}, {}],
    [{ stream: true }, {}],
    [{ stream: true }, { tokens_per_second: 1 }],
  ])("a client that hangs up meanwhile, %j in style %j: the prompt alone (L-4)", async (fields, stream) => {
    const held = new EventEmitter();
    await using real = await upstream(async () => {
      await once(held, "release");
      return [200, completion({ content: "one two three" })];
    });
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url, {}, { stream }) });
    const abort = new AbortController();
    const asking = fetch(gateway.url + CHAT, {
      method: "POST",
      headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ ...HELLO, ...fields }),
      signal: abort.signal,
    });
    await until(() => real.asked.length === 1);
    abort.abort();
    await expect(asking).rejects.toThrow();
    // The end of the connection reaches the server before these questions do.
    for (let index = 0; index < 3; index++) await call(gateway, "GET", "/_emulator/health");
    held.emit("release");
    const entry = await until(async () => (await gateway.requests())[0]);
    expect(entry).toMatchObject({ promptTokens: 10, completionTokens: 0 });
    expect(entry.notes.at(-1)).toMatch(/the connection ended before the answer|hung up after 0 chunks/);
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 10 });
  });

  test("502 when nobody is there, and the hint says why", async () => {
    let url = "";
    {
      await using real = await upstream(() => [200, ""]);
      url = real.url;
    }
    await using gateway = await startGatewayEmulator({ seed: forwarding(url) });
    const answer = await chat(gateway, { stream: true });
    expect([answer.status, answer.text]).toEqual([502, '{"error":"Error making prediction"}\n']);
    expect(answer.headers.get("x-emulator-hint")).toContain("ECONNREFUSED");
  });
});

describe("without a rule, what the request insists on (§2)", () => {
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
    expect(answer.headers.get("x-emulator-hint")).toContain("no value was found for the schema");
  });
});
