import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../src/index.js";
import { openai } from "./limits/support.js";
import { until, untilUsed } from "./scenarios/support.js";
import { call } from "./support/client.js";

const start = (file: string) =>
  startGatewayEmulator({ seed: fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)) });
const model = "acme/llama";
const CHAT = "/v1/chat/completions";

type Messages = OpenAI.ChatCompletionMessageParam[];
type More = Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>;
const user = (content: string): Messages[number] => ({ role: "user", content });

/** The client as the fixtures' comments set it up. */
const client = (gateway: GatewayEmulator) => openai(gateway, "customer-1").withOptions({ logLevel: "off" });

/** The first choice of a whole answer to one message. */
async function ask(gateway: GatewayEmulator, messages: string | Messages, more: More = {}) {
  const completion = await client(gateway).chat.completions.create({
    model,
    messages: typeof messages === "string" ? [user(messages)] : messages,
    ...more,
  });
  const [choice] = completion.choices;
  if (!choice) throw new Error("no choice");
  return { ...choice, usage: completion.usage };
}

const stream = (gateway: GatewayEmulator, content: string) =>
  client(gateway).chat.completions.create({ model, messages: [user(content)], stream: true });

/** Every piece of text of a stream, and what broke it. */
async function read(gateway: GatewayEmulator, content: string) {
  const texts: string[] = [];
  try {
    for await (const { choices } of await stream(gateway, content)) {
      if (choices[0]?.delta.content) texts.push(choices[0].delta.content);
    }
    return { texts, error: null };
  } catch (error) {
    return { texts, error };
  }
}

const callsOf = ({ message }: { message: OpenAI.ChatCompletionMessage }) =>
  (message.tool_calls ?? []).map((call) =>
    call.type === "function" ? [call.function.name, JSON.parse(call.function.arguments)] : [],
  );

describe("fixtures/tool-loop.yaml", () => {
  /** Goes on until the model answers; the calls it made, and what it said last. */
  async function loop(gateway: GatewayEmulator, content: string) {
    const messages: Messages = [user(content)];
    const calls: unknown[] = [];
    for (;;) {
      const choice = await ask(gateway, messages);
      calls.push(...callsOf(choice));
      messages.push(choice.message);
      if (choice.finish_reason !== "tool_calls") return { calls, said: choice.message.content };
      for (const { id } of choice.message.tool_calls ?? []) {
        messages.push({ role: "tool", tool_call_id: id, content: "18 degrees" });
      }
    }
  }

  it.each([
    ["How is the weather in Paris?", [["get_weather", { city: "Paris" }]], "It is 18 degrees in Paris."],
    [
      "A flight to Paris",
      [
        ["search_flights", { to: "Paris" }],
        ["book_flight", { flight: "AC-101" }],
      ],
      "Booked: flight AC-101 to Paris.",
    ],
    [
      "both, please",
      [
        ["get_weather", { city: "Paris" }],
        ["get_time", { city: "Paris" }],
      ],
      "It is 18 degrees and noon in Paris.",
    ],
    ["Hello", [], "Hello"],
  ])("%s", async (content, calls, said) => {
    await using gateway = await start("tool-loop.yaml");
    expect(await loop(gateway, content)).toEqual({ calls, said });
  });

  it("streams the two calls in fragments, which the SDK joins", async () => {
    await using gateway = await start("tool-loop.yaml");
    const streamed = client(gateway).chat.completions.stream({ model, messages: [user("both")] });
    const completion = await streamed.finalChatCompletion();
    expect(completion.choices.flatMap(callsOf)).toEqual([
      ["get_weather", { city: "Paris" }],
      ["get_time", { city: "Paris" }],
    ]);
  });

  it("without a rule, a required tool gets a call that fits its schema", async () => {
    await using gateway = await start("tool-loop.yaml");
    const parameters = {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer", minimum: 1, maximum: 7 } },
      required: ["city", "days"],
    };
    const choice = await ask(gateway, "Hello", {
      tools: [{ type: "function", function: { name: "forecast", parameters } }],
      tool_choice: "required",
    });
    expect(callsOf(choice)).toEqual([["forecast", { city: expect.any(String), days: expect.any(Number) }]]);
  });
});

describe("fixtures/structured-output.yaml", () => {
  const schema = {
    type: "object",
    properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
    required: ["name", "age"],
  };
  const response_format: More["response_format"] = {
    type: "json_schema",
    json_schema: { name: "person", schema },
  };
  const json = async (gateway: GatewayEmulator, content: string) => {
    const choice = await ask(gateway, content, { response_format });
    return { ...choice, text: choice.message.content ?? "" };
  };

  it("any schema gets values that fit, the same for the same request", async () => {
    await using gateway = await start("structured-output.yaml");
    const { text } = await json(gateway, "A person, please");
    expect(JSON.parse(text)).toMatchObject({ name: expect.any(String), age: expect.any(Number) });
    expect((await json(gateway, "A person, please")).text).toBe(text);
  });

  it("invoice, long, silent", async () => {
    await using gateway = await start("structured-output.yaml");
    expect(JSON.parse((await json(gateway, "the invoice")).text)).toMatchObject({
      number: "A-17",
      total: 120.5,
    });
    const long = await json(gateway, "long");
    expect(long.finish_reason).toBe("length");
    expect(() => JSON.parse(long.text)).toThrow(SyntaxError);
    const silent = await json(gateway, "silent");
    expect(silent.finish_reason).toBeUndefined();
    expect(JSON.parse(silent.text)).toHaveProperty("age");
  });

  it("silent, streamed: no chunk says why it ends", async () => {
    await using gateway = await start("structured-output.yaml");
    const chunks = await client(gateway).chat.completions.create({
      model,
      messages: [user("silent")],
      response_format,
      stream: true,
    });
    let text = "";
    const reasons = new Set<unknown>();
    for await (const { choices } of chunks) {
      for (const { delta, finish_reason } of choices) {
        text += delta.content ?? "";
        reasons.add(finish_reason ?? null);
      }
    }
    expect(JSON.parse(text)).toHaveProperty("age");
    expect(reasons).toEqual(new Set([null]));
  });

  it("retry: broken once, then whole", async () => {
    await using gateway = await start("structured-output.yaml");
    const broken = await json(gateway, "retry");
    expect(() => JSON.parse(broken.text)).toThrow(SyntaxError);
    expect(JSON.parse((await json(gateway, "retry")).text)).toEqual({ name: "Ada", age: 36 });
  });
});

describe("fixtures/flaky-upstream.yaml", () => {
  it("blip: the SDK's retries hide it", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const patient = client(gateway).withOptions({ maxRetries: 2 });
    const completion = await patient.chat.completions.create({ model, messages: [user("blip")] });
    expect(completion.choices[0]?.message.content).toBe("blip");
    const asked = await gateway.requests({ path: CHAT });
    expect(asked.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  it("sometimes: the same ones each time", async () => {
    const run = async () => {
      await using gateway = await start("flaky-upstream.yaml");
      for (let index = 0; index < 20; index++) await ask(gateway, "sometimes").catch(() => null);
      return (await gateway.requests({ path: CHAT })).map(({ status }) => status);
    };
    const statuses = await run();
    expect(new Set(statuses)).toEqual(new Set([200, 529]));
    expect(await run()).toEqual(statuses);
  });

  it("down and reset fail, half is no JSON", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    await expect(ask(gateway, "down")).rejects.toThrow('502 "Error making prediction"');
    await expect(ask(gateway, "reset")).rejects.toThrow(OpenAI.APIConnectionError);
    await expect(ask(gateway, "half")).rejects.toThrow(SyntaxError);
  });

  it("slow: after 30 seconds of the emulator's clock", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const asked = ask(gateway, "slow");
    await until(async () => {
      const { body } = await call(gateway, "GET", "/_emulator/faults", { key: null });
      return body.items.some(({ struck }: { struck: number }) => struck > 0);
    });
    expect(await gateway.clock.advance("30s")).toMatchObject([{ job: "delayed answer" }]);
    expect((await asked).message.content).toBe("slow");
  });

  it("cut, garbled, hang: what a stream said before", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const cut = await read(gateway, "cut a b c d e f");
    expect(cut.texts).toHaveLength(5);
    expect(cut.error).toMatchObject({ message: "terminated" });
    const garbled = await read(gateway, "garbled a b");
    expect(garbled.texts).toHaveLength(1);
    expect(garbled.error).toBeInstanceOf(SyntaxError);
    const texts: string[] = [];
    const hanging = await stream(gateway, "hang a b c d");
    for await (const { choices } of hanging) {
      texts.push(choices[0]?.delta.content ?? "");
      if (texts.length === 3) hanging.controller.abort();
    }
    expect(texts).toEqual(["hang", " a", " b"]);
  });

  it("a header asks for a fault for one request alone", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const headers = { "x-emulator-fault": "overloaded" };
    const asked = client(gateway).chat.completions.create({ model, messages: [user("hi")] }, { headers });
    await expect(asked).rejects.toThrow('529 "Overloaded"');
    expect((await ask(gateway, "hi")).message.content).toBe("hi");
  });
});

describe("fixtures/slow-stream.yaml", () => {
  it("story: the first token after 200 ms, then one every 20 ms, up to 5 ms late", async () => {
    await using gateway = await start("slow-stream.yaml");
    await gateway.clock.freeze();
    const asked = Date.parse((await gateway.clock.read()).now);
    const reading = read(gateway, "tell me a story");
    await untilUsed(gateway, 1);
    const fired = await gateway.clock.advance("1m");
    const { texts, error } = await reading;
    expect(error).toBeNull();
    expect(texts.length).toBeGreaterThan(10);
    expect(fired).toHaveLength(texts.length);
    for (const [index, { at }] of fired.entries()) {
      expect(at - asked).toBeGreaterThanOrEqual(200 + index * 20);
      expect(at - asked).toBeLessThanOrEqual(200 + index * 20 + 5);
    }
  });

  it("words: three pieces, half a second apart; glacier: one a second after ten", async () => {
    await using gateway = await start("slow-stream.yaml");
    await gateway.clock.freeze();
    const times = async (content: string, uses: number) => {
      const from = Date.parse((await gateway.clock.read()).now);
      const reading = read(gateway, content);
      await untilUsed(gateway, uses);
      const fired = await gateway.clock.advance("1m");
      return { texts: (await reading).texts, after: fired.map(({ at }) => at - from) };
    };
    expect(await times("words", 1)).toEqual({
      texts: ["Three", " little", " words"],
      after: [200, 700, 1_200],
    });
    expect((await times("glacier", 2)).after).toEqual([10_000, 11_000, 12_000, 13_000, 14_000]);
  });

  it("a JSON answer takes as long", async () => {
    await using gateway = await start("slow-stream.yaml");
    await gateway.clock.freeze();
    const asking = ask(gateway, "glacier");
    await untilUsed(gateway, 1);
    await gateway.clock.advance("1m");
    expect((await asking).message.content).toBe("This takes rather long.");
    expect((await gateway.requests({ path: CHAT }))[0]?.durationMs).toBe(14_000);
  });

  it("hanging up in the middle: only what was sent is charged", async () => {
    await using gateway = await start("slow-stream.yaml");
    await gateway.clock.freeze();
    const opening = stream(gateway, "glacier");
    await untilUsed(gateway, 1);
    await gateway.clock.advance("12s");
    const opened = await opening;
    let heard = 0;
    for await (const _chunk of opened) if (++heard === 3) opened.controller.abort();
    const entry = await until(async () => (await gateway.requests({ path: CHAT }))[0]);
    expect(entry.completionTokens).toBe(3);
  });

  it("tool: in small pieces", async () => {
    await using gateway = await start("slow-stream.yaml");
    await gateway.clock.freeze();
    const opening = stream(gateway, "tool");
    await untilUsed(gateway, 1);
    await gateway.clock.advance("1m");
    let pieces = 0;
    let args = "";
    for await (const { choices } of await opening) {
      for (const piece of choices[0]?.delta.tool_calls ?? []) {
        pieces++;
        args += piece.function?.arguments ?? "";
      }
    }
    expect(args).toBe('{"city":"Paris"}');
    expect(pieces).toBeGreaterThan(3);
  });
});

describe("fixtures/reasoning.yaml", () => {
  const reasoningOf = (message: object) =>
    "reasoning_content" in message ? message.reasoning_content : undefined;

  it("thinks, then answers; thoughts are charged as completion", async () => {
    await using gateway = await start("reasoning.yaml");
    const { message, usage } = await ask(gateway, "What is 6 times 7?");
    expect(message.content).toBe("42");
    expect(reasoningOf(message)).toBe("6 times 7 is 6 times 6 and 6 more, so 36 and 6.");
    const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
    expect(usage?.completion_tokens).toBe(reasoning + 1);
  });

  it("max_tokens: 5 ends while it thinks", async () => {
    await using gateway = await start("reasoning.yaml");
    const { message, finish_reason, usage } = await ask(gateway, "What is 6 times 7?", { max_tokens: 5 });
    expect([finish_reason, message.content, usage?.completion_tokens]).toEqual(["length", undefined, 5]);
    expect(reasoningOf(message)).toBe("6 times 7 is 6");
  });

  it("hard, tool, /no_think", async () => {
    await using gateway = await start("reasoning.yaml");
    expect((await ask(gateway, "a hard one")).usage).toMatchObject({
      total_tokens: 13_345,
      prompt_tokens_details: { cached_tokens: 900 },
      completion_tokens_details: { reasoning_tokens: 12_000 },
    });
    const tool = await ask(gateway, "use the tool");
    expect([reasoningOf(tool.message), callsOf(tool)]).toEqual([
      "I have a tool for that.",
      [["calculate", { expression: "6 * 7" }]],
    ]);
    const quick = await ask(gateway, [{ role: "system", content: "/no_think" }, user("6 times 7?")]);
    expect([quick.message.content, reasoningOf(quick.message)]).toEqual(["42", undefined]);
  });

  it("streams thoughts before the content", async () => {
    await using gateway = await start("reasoning.yaml");
    const kinds: string[] = [];
    for await (const { choices } of await stream(gateway, "What is 6 times 7?")) {
      const delta = choices[0]?.delta ?? {};
      if ("reasoning_content" in delta) kinds.push("reasoning");
      if ("content" in delta) kinds.push("content");
    }
    expect(new Set(kinds.slice(0, -1))).toEqual(new Set(["reasoning"]));
    expect(kinds.at(-1)).toBe("content");
  });
});
