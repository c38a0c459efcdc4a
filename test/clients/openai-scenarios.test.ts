import { fileURLToPath } from "node:url";
import type OpenAI from "openai";
import { LengthFinishReasonError } from "openai/core/error";
import { zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { openai } from "../limits/support.js";

const start = (file: string) =>
  startGatewayEmulator({ seed: fileURLToPath(new URL(`../../fixtures/${file}`, import.meta.url)) });
const client = (gateway: GatewayEmulator) => openai(gateway, "customer-1");
const model = "acme/llama";
const user = (content: string): OpenAI.ChatCompletionMessageParam => ({ role: "user", content });

describe("openai: the streaming helper", () => {
  test("its events, from connect to end", async () => {
    await using gateway = await start("tool-loop.yaml");
    const stream = client(gateway).chat.completions.stream({
      model,
      messages: [user("Hello there")],
      stream_options: { include_usage: true },
    });
    const events: string[] = [];
    stream.on("connect", () => events.push("connect"));
    stream.on("content", (delta, snapshot) => events.push(`${delta}|${snapshot}`));
    stream.on("finalContent", (content) => events.push(`final: ${content}`));
    stream.on("end", () => events.push("end"));
    await stream.done();
    expect(events).toEqual(["connect", "Hello|Hello", " there|Hello there", "final: Hello there", "end"]);
    expect(await stream.totalUsage()).toMatchObject({ completion_tokens: 2 });
  });

  test("tool calls in fragments: each piece, and the whole of it", async () => {
    await using gateway = await start("tool-loop.yaml");
    const stream = client(gateway).chat.completions.stream({ model, messages: [user("both")] });
    const done: string[] = [];
    stream.on("tool_calls.function.arguments.done", (call) => done.push(`${call.name} ${call.arguments}`));
    const { choices } = await stream.finalChatCompletion();
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    expect(done).toEqual(['get_weather {"city":"Paris"}', 'get_time {"city":"Paris"}']);
  });

  test("a stream that is cut is an error for the helper too", async () => {
    await using gateway = await start("flaky-upstream.yaml");
    const stream = client(gateway).chat.completions.stream({ model, messages: [user("cut a b c d e f")] });
    let said = "";
    stream.on("content", (delta) => {
      said += delta;
    });
    await expect(stream.finalContent()).rejects.toThrow();
    expect(said).toBe("cut a b c d");
  });
});

describe("openai: structured output", () => {
  const Person = z.object({ name: z.string(), age: z.int().min(0).max(150) });
  const response_format = zodResponseFormat(Person, "person");

  test("parse() gives what the zod schema says (I-2)", async () => {
    await using gateway = await start("structured-output.yaml");
    const completion = await client(gateway).chat.completions.parse({
      model,
      messages: [user("A person, please")],
      response_format,
    });
    const person = completion.choices[0]?.message.parsed;
    expect(Person.parse(person)).toEqual(person);
  });

  test("parse() of a larger schema: nesting, enums, unions, lists", async () => {
    const Order = z.object({
      id: z.uuid(),
      state: z.enum(["open", "paid"]),
      lines: z
        .array(z.object({ text: z.string().min(3), amount: z.number().positive() }))
        .min(1)
        .max(3),
      payer: z.union([Person, z.null()]),
      at: z.iso.datetime(),
    });
    await using gateway = await start("structured-output.yaml");
    const completion = await client(gateway).chat.completions.parse({
      model,
      messages: [user("An order, please")],
      response_format: zodResponseFormat(Order, "order"),
    });
    expect(() => Order.parse(completion.choices[0]?.message.parsed)).not.toThrow();
  });

  test("the streaming helper parses it as well", async () => {
    await using gateway = await start("structured-output.yaml");
    const stream = client(gateway).chat.completions.stream({
      model,
      messages: [user("A person, please")],
      response_format,
    });
    const completion = await stream.finalChatCompletion();
    expect(() => Person.parse(completion.choices[0]?.message.parsed)).not.toThrow();
  });

  test("broken JSON makes parse() throw, cut JSON is a LengthFinishReasonError", async () => {
    await using gateway = await start("structured-output.yaml");
    const parse = (content: string) =>
      client(gateway).chat.completions.parse({ model, messages: [user(content)], response_format });
    await expect(parse("retry")).rejects.toThrow(SyntaxError);
    expect((await parse("retry")).choices[0]?.message.parsed).toEqual({ name: "Ada", age: 36 });
    await expect(parse("long")).rejects.toThrow(LengthFinishReasonError);
  });
});

describe("openai: the tool runner", () => {
  const tool = <T>(name: string, run: (args: T) => string) => ({
    type: "function" as const,
    function: {
      name,
      description: name,
      function: run,
      parse: (text: string): T => JSON.parse(text),
      parameters: { type: "object", properties: {} },
    },
  });

  test("runs two steps with real functions, to the answer", async () => {
    await using gateway = await start("tool-loop.yaml");
    const ran: unknown[] = [];
    const record = (name: string) =>
      tool<object>(name, (args) => {
        ran.push([name, args]);
        return "done";
      });
    const runner = client(gateway).chat.completions.runTools({
      model,
      messages: [user("A flight to Paris")],
      tools: [record("search_flights"), record("book_flight")],
    });
    expect(await runner.finalContent()).toBe("Booked: flight AC-101 to Paris.");
    expect(ran).toEqual([
      ["search_flights", { to: "Paris" }],
      ["book_flight", { flight: "AC-101" }],
    ]);
    expect(await gateway.requests({ path: "/v1/chat/completions" })).toHaveLength(3);
  });

  test("streamed, with two calls at once in fragments", async () => {
    await using gateway = await start("tool-loop.yaml");
    const ran: string[] = [];
    const record = (name: string) =>
      tool<{ city: string }>(name, ({ city }) => {
        ran.push(`${name} ${city}`);
        return "18 degrees";
      });
    const runner = client(gateway).chat.completions.runTools({
      model,
      stream: true,
      messages: [user("both")],
      tools: [record("get_weather"), record("get_time")],
    });
    expect(await runner.finalContent()).toBe("It is 18 degrees and noon in Paris.");
    expect(ran).toEqual(["get_weather Paris", "get_time Paris"]);
  });
});
