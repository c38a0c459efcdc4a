import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../src/index.js";
import { openai } from "./limits/support.js";
import { call } from "./support/client.js";

/** The words that a fixture's comment says to send, sent as they stand there and with nothing around them. */

const start = (file: string) =>
  startGatewayEmulator({ seed: fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)) });
const model = "acme/llama";
const CHAT = "/v1/chat/completions";

type Messages = OpenAI.ChatCompletionMessageParam[];
const user = (content: string): Messages[number] => ({ role: "user", content });
const client = (gateway: GatewayEmulator) => openai(gateway, "customer-1").withOptions({ logLevel: "off" });

const ask = async (gateway: GatewayEmulator, word: string) => {
  const { choices } = await client(gateway).chat.completions.create({ model, messages: [user(word)] });
  return choices[0]?.message.content;
};

/** The chunks of a stream up to its end, where it broke, or the last one that was wanted. */
async function chunksOf(gateway: GatewayEmulator, word: string, most = Number.POSITIVE_INFINITY) {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  try {
    const stream = await client(gateway).chat.completions.create({
      model,
      messages: [user(word)],
      stream: true,
    });
    for await (const chunk of stream) {
      chunks.push(chunk);
      if (chunks.length === most) stream.controller.abort();
    }
    return { chunks, error: null };
  } catch (error) {
    return { chunks, error };
  }
}

const textOf = (chunks: readonly OpenAI.ChatCompletionChunk[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
const finishesOf = (chunks: readonly OpenAI.ChatCompletionChunk[]) =>
  chunks.flatMap(({ choices }) => choices).filter(({ finish_reason }) => finish_reason);

describe("the words of fixtures/flaky-upstream.yaml", () => {
  it("cut: five chunks, and it breaks off", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const { chunks, error } = await chunksOf(gateway, "cut");
    expect(error).toMatchObject({ message: "terminated" });
    expect(chunks).toHaveLength(5);
    expect(finishesOf(chunks)).toEqual([]);
  });

  it("hang: three words, and nothing after them", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const { chunks } = await chunksOf(gateway, "hang", 3);
    expect(textOf(chunks).split(" ")).toHaveLength(3);
    expect(finishesOf(chunks)).toEqual([]);
    // Nothing paces it, so that whatever came after the third would have been sent with it.
    const [entry] = await gateway.expectRequest({});
    expect(entry).toMatchObject({ completionTokens: 3 });
    expect(entry?.notes).toContain("the client hung up after 3 chunks");
  });

  it("garbled: its second chunk is not JSON", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const { chunks, error } = await chunksOf(gateway, "garbled");
    expect(chunks).toHaveLength(1);
    expect(error).toBeInstanceOf(SyntaxError);
  });

  it("half: a JSON answer stops in the middle; a stream is not struck, nor counted as if it were", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const { chunks, error } = await chunksOf(gateway, "half");
    expect([textOf(chunks), error]).toEqual(["half", null]);
    const struck = async () => {
      const { body } = await call(gateway, "GET", "/_emulator/faults", { key: null });
      return body.items.reduce((sum: number, fault: { struck: number }) => sum + fault.struck, 0);
    };
    expect(await struck()).toBe(0);
    await expect(ask(gateway, "half")).rejects.toThrow(SyntaxError);
    expect(await struck()).toBe(1);
  });

  it("cut, hang and garbled are echoed without a stream", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    for (const word of ["cut", "hang", "garbled"]) expect(await ask(gateway, word)).toBe(word);
  });

  it("blip, down, sometimes and reset strike streams as well", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const failing = async (word: string) => (await chunksOf(gateway, word)).error;
    expect(await failing("down")).toMatchObject({ status: 502 });
    expect(await failing("reset")).toBeInstanceOf(OpenAI.APIConnectionError);
    expect([await failing("blip"), await failing("blip"), await failing("blip")]).toMatchObject([
      { status: 503 },
      { status: 503 },
      null,
    ]);
    const tries = 60;
    let failed = 0;
    for (let index = 0; index < tries; index++) if (await failing("sometimes")) failed++;
    expect(failed / tries).toBeGreaterThan(0.2);
    expect(failed / tries).toBeLessThan(0.45);
  });
});

/** What the SDK's helper makes of it, which calls the tools and sends their results by itself. */
async function run(gateway: GatewayEmulator, messages: Messages) {
  const called: string[] = [];
  const tools = ["get_weather", "get_time", "search_flights", "book_flight", "calculate"].map((name) => ({
    type: "function" as const,
    function: {
      name,
      parse: JSON.parse,
      parameters: { type: "object" },
      description: name,
      function: () => {
        called.push(name);
        return "18 degrees";
      },
    },
  }));
  const runner = client(gateway).chat.completions.runTools({ model, messages, tools });
  const said = await runner.finalContent();
  return { called, said, messages: runner.messages };
}

describe("the words of fixtures/tool-loop.yaml", () => {
  const WEATHER = { called: ["get_weather"], said: "It is 18 degrees in Paris." };
  const BOTH = { called: ["get_weather", "get_time"], said: "It is 18 degrees and noon in Paris." };
  const FLIGHT = { called: ["search_flights", "book_flight"], said: "Booked: flight AC-101 to Paris." };

  it.each([
    ["How is the weather in Paris?", WEATHER],
    ["Weather", WEATHER],
    ["flight", FLIGHT],
    ["Flight, please", FLIGHT],
    ["both", BOTH],
    ["Both, please", BOTH],
  ])("%s", async (word, expected) => {
    await using gateway = await start("tool-loop.yaml");
    expect(await run(gateway, [user(word)])).toMatchObject(expected);
  });

  it.each([
    ["flight", "flight", { ...FLIGHT, called: ["search_flights"] }],
    ["flight", "weather", WEATHER],
    ["flight", "both", BOTH],
    ["weather", "flight", FLIGHT],
    ["weather", "both", BOTH],
    ["both", "weather", WEATHER],
    ["both", "flight", FLIGHT],
  ])("%s, then %s in the same conversation", async (first, second, expected) => {
    await using gateway = await start("tool-loop.yaml");
    const { messages } = await run(gateway, [user(first)]);
    expect(await run(gateway, [...messages, user(second)])).toMatchObject(expected);
  });
});

describe("the word `tool`", () => {
  it("of fixtures/reasoning.yaml: thoughts and a call, then thoughts and the answer", async () => {
    await using gateway = await start("reasoning.yaml");
    const { called, said, messages } = await run(gateway, [user("tool")]);
    expect([called, said]).toEqual([["calculate"], "42"]);
    expect(messages.filter((message) => "reasoning_content" in message)).toHaveLength(2);
    expect(await gateway.requests({ path: CHAT })).toHaveLength(2);
  });

  it("of fixtures/slow-stream.yaml: a call, then the answer", async () => {
    await using gateway = await start("slow-stream.yaml");
    const { called, said } = await run(gateway, [user("tool")]);
    expect([called, said]).toEqual([["get_weather"], "It is 18 degrees in Paris."]);
    expect(await gateway.requests({ path: CHAT })).toHaveLength(2);
  });
});

it.each(["weather", "What is the Weather?"])(
  "%s in fixtures/quickstart.yaml: a call, then the answer",
  async (word) => {
    await using gateway = await start("quickstart.yaml");
    const { called, said } = await run(gateway, [user(word)]);
    expect([called, said]).toEqual([["get_weather"], "It is 18 degrees in Paris."]);
  },
);
