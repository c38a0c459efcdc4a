import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { QUICKSTART } from "../support/client.js";

type Messages = OpenAI.ChatCompletionMessageParam[];
const MODEL = HELLO.model;
const messages: Messages = [{ role: "user", content: "Hello, world!" }];

/** The SDK as the documents set it up: a federated key goes out as `Api-Key`. */
function client(gateway: GatewayEmulator, key = FEDERATED_KEY): OpenAI {
  return new OpenAI({
    baseURL: gateway.inferenceUrl,
    apiKey: "not used",
    defaultHeaders: { Authorization: `Api-Key ${key}` },
    maxRetries: 0,
  });
}

/** What a call is refused with. */
async function refusal(work: () => Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const cause: unknown = await work().then(
    () => null,
    (error: unknown) => error,
  );
  if (cause instanceof OpenAI.APIError) return cause;
  throw new Error("expected an APIError", { cause });
}

const TOOL_CALL = {
  match: { last_message: { contains: "root" } },
  reply: { tool_calls: [{ name: "square_root", arguments: { number: 132413 } }] },
};
const REASONING = {
  match: { last_message: { contains: "think" } },
  reply: { reasoning_content: "Let me see.", content: "Seen." },
};

describe("openai: whole answers", () => {
  test("create() gives content, finish_reason and usage", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const completion = await client(gateway).chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]?.message.content).toBe("Hello, world!");
    expect(completion.choices[0]?.finish_reason).toBe("stop");
    expect(completion.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 });
    expect(completion._request_id).toBeNull();
  });

  test("a tool call can be parsed", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [TOOL_CALL] }) });
    const completion = await client(gateway).chat.completions.create({
      model: MODEL,
      messages: [{ role: "user", content: "root of 132413" }],
      tools: [{ type: "function", function: { name: "square_root", parameters: {} } }],
    });
    const [call] = completion.choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ type: "function", function: { name: "square_root" } });
    expect(call?.type === "function" && JSON.parse(call.function.arguments)).toEqual({ number: 132413 });
    expect(completion.choices[0]?.finish_reason).toBe("tool_calls");
  });

  test("a workspace key works as the SDK sends it, as Bearer (X-17)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { BASETEN_API_KEY: apiKey, OPENAI_BASE_URL: baseURL } = gateway.env;
    const openai = new OpenAI({ apiKey: apiKey ?? "", baseURL: baseURL ?? "" });
    const completion = await openai.chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]?.message.content).toBe("Hello, world!");
  });

  test("with accept_bearer a federated key does too (X-1)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, acceptBearer: true });
    const openai = new OpenAI({ apiKey: FEDERATED_KEY, baseURL: gateway.inferenceUrl });
    expect((await openai.chat.completions.create({ model: MODEL, messages })).object).toBe("chat.completion");
  });

  test("models.list() gives the group's slugs (I-3)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const ids: string[] = [];
    for await (const model of client(gateway).models.list()) ids.push(model.id);
    expect(ids).toEqual([MODEL]);
  });
});

describe.each(["sparse", "full", "openai"])("openai: streams in the %s dialect (X-11)", (stream_dialect) => {
  const seed = seedWith({ settings: { stream_dialect }, completions: [TOOL_CALL, REASONING] });

  test("plain iteration", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const stream = await client(gateway).chat.completions.create({
      model: MODEL,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let content = "";
    const reasons: string[] = [];
    let last: OpenAI.ChatCompletionChunk | null = null;
    for await (const chunk of stream) {
      content += chunk.choices[0]?.delta.content ?? "";
      const reason = chunk.choices[0]?.finish_reason;
      if (reason) reasons.push(reason);
      last = chunk;
    }
    expect([content, reasons]).toEqual(["Hello, world!", ["stop"]]);
    expect(last?.choices).toEqual([]);
    expect(last?.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 });
  });

  test("the stream() helper puts a whole completion together", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const stream = client(gateway).chat.completions.stream({ model: MODEL, messages });
    let heard = "";
    stream.on("content", (delta) => {
      heard += delta;
    });
    const completion = await stream.finalChatCompletion();
    expect(heard).toBe("Hello, world!");
    expect(completion.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { role: "assistant", content: "Hello, world!" },
    });
    expect(completion.model).toBe(MODEL);
  });

  test("the stream() helper puts a tool call together", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const stream = client(gateway).chat.completions.stream({
      model: MODEL,
      messages: [{ role: "user", content: "root of 132413" }],
      tools: [{ type: "function", function: { name: "square_root", parameters: {} } }],
    });
    const call = await stream.finalFunctionToolCall();
    expect(call).toMatchObject({ name: "square_root", arguments: '{"number":132413}' });
  });

  test("reasoning comes beside the content", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const stream = client(gateway).chat.completions.stream({
      model: MODEL,
      messages: [{ role: "user", content: "think" }],
    });
    let reasoning = "";
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta;
      if (delta && "reasoning_content" in delta) reasoning += delta.reasoning_content ?? "";
    }
    expect([reasoning, await stream.finalContent()]).toEqual(["Let me see.", "Seen."]);
  });
});

describe("openai: errors (I-8)", () => {
  const ask = (openai: OpenAI, more: object = {}) =>
    refusal(async () => openai.chat.completions.create({ model: MODEL, messages, ...more }));

  test("a wrong key is a PermissionDeniedError, with the JSON quotes in its message (X-2)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const error = await ask(client(gateway, "sky_unknown00000.secret"));
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error.message).toBe('403 "please check the api-key you provided"');
    expect(error.requestID).toBeNull();
  });

  test("a federated key as Bearer is one too, and the hint says what to set (X-1)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const openai = new OpenAI({ apiKey: FEDERATED_KEY, baseURL: gateway.inferenceUrl, maxRetries: 0 });
    const error = await ask(openai);
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error.message).toBe('403 "please check the api-key you provided"');
    expect(error.headers?.get("x-emulator-hint")).toContain(
      'defaultHeaders: { Authorization: "Api-Key <key>" }',
    );
  });

  test("no Authorization is an AuthenticationError (X-3)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const openai = new OpenAI({
      baseURL: gateway.inferenceUrl,
      apiKey: "not used",
      defaultHeaders: { Authorization: null },
      maxRetries: 0,
    });
    const error = await ask(openai);
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error.message).toBe('401 "please check the api-key you provided"');
    const models = await refusal(async () => openai.models.list());
    expect(models.message).toBe("401 No Authorization header provided");
  });

  test("an unknown model is a NotFoundError (X-4)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const error = await ask(client(gateway), { model: "acme/nothing" });
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error.message).toBe('404 "please check the model you provided"');
  });

  test("a refused value is a BadRequestError; nested it has a message (X-8)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const error = await ask(client(gateway), { temperature: 3 });
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error.message).toBe("400 Validation: Temperature must be between 0 and 2, got 3");
    expect([error.code, error.type]).toEqual([400, "Bad Request"]);
  });

  test("flat it has none (X-8)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { model_server_errors: "flat" } }),
    });
    const error = await ask(client(gateway), { temperature: 3 });
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error.message).toBe("400 status code (no body)");
  });

  test("over a limit is a RateLimitError, also for a stream (X-6)", async () => {
    const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ model: { rate_limits } }) });
    const openai = client(gateway);
    await openai.chat.completions.create({ model: MODEL, messages });
    for (const stream of [false, true]) {
      const error = await ask(openai, { stream });
      expect(error).toBeInstanceOf(OpenAI.RateLimitError);
      expect(error.message).toBe('429 "Too Many Requests"');
    }
  });

  test("retries of the SDK show in the journal: two after the first", async () => {
    const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }];
    const errors = { rate_limited: { headers: { "retry-after-ms": "1" } } };
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ model: { rate_limits }, settings: { errors } }),
    });
    const openai = client(gateway).withOptions({ maxRetries: 2 });
    await openai.chat.completions.create({ model: MODEL, messages });
    expect(await ask(openai)).toBeInstanceOf(OpenAI.RateLimitError);
    expect(await gateway.requests({ status: 429 })).toHaveLength(3);
  });
});
