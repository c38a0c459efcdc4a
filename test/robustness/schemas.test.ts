import OpenAI from "openai";
import { describe, expect, test, vi } from "vitest";
import { isCheap } from "../../src/generate/cheap.js";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { createRandom } from "../../src/runtime/random.js";
import { SchemaWorkers } from "../../src/services/schema-workers.js";
import { chat, FEDERATED_KEY, HELLO, say, seedWith } from "../support/chat.js";
import { call } from "../support/client.js";

/** Asks for JSON that fits a schema. */
const json = (gateway: GatewayEmulator, schema: unknown) =>
  chat(gateway, { response_format: { type: "json_schema", json_schema: { name: "x", schema } } });

/** So many definitions, each of which refers twice to the next: a validator walks 2^40 ways. */
const doubling = {
  $ref: "#/$defs/a0",
  $defs: Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [
      `a${at}`,
      at === 39
        ? { type: "string" }
        : { anyOf: [{ $ref: `#/$defs/a${at + 1}` }, { $ref: `#/$defs/a${at + 1}` }] },
    ]),
  ),
};
const LOOK_AROUND = { type: "string", pattern: "^(a+)+b(?<=c)$", minLength: 40 };

describe("Y-65: no schema holds up the emulator", () => {
  test.each([
    ["ways that double", doubling],
    ["a pattern that only JavaScript's engine knows", LOOK_AROUND],
  ])("%s: others are answered meanwhile, then the setting is named", async (_, schema) => {
    const settings = { generation_budget_ms: 2_000 };
    await using gateway = await startGatewayEmulator({ seed: seedWith({ settings }) });
    const order: string[] = [];
    const hostile = json(gateway, schema).then((answer) => {
      order.push("hostile");
      return answer;
    });
    // All of these go out and come back while the thread works: were it not a thread, none would.
    for (let at = 0; at < 5; at++) {
      expect((await say(gateway, `hello ${at}`)).status).toBe(200);
      order.push("other");
    }
    const answer = await hostile;
    expect(order).toEqual(["other", "other", "other", "other", "other", "hostile"]);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-emulator-hint")).toMatch(
      /it took longer than 2000 ms; settings\.generation_budget_ms allows more/,
    );
    expect((await json(gateway, { $ref: "#/$defs/a", $defs: { a: { type: "boolean" } } })).status).toBe(200);
  });

  test("a value that a pattern refuses is refused at once, whatever the pattern", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await json(gateway, { const: `${"a".repeat(40)}!`, pattern: "^(a+)+$" });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-emulator-hint")).toMatch(/no value of enum or const fits/);
  });

  test("a small schema gets its answer while all threads are busy", async () => {
    const settings = { generation_budget_ms: 2_000 };
    await using gateway = await startGatewayEmulator({ seed: seedWith({ settings }) });
    const order: string[] = [];
    const busy = Array.from({ length: 3 }, () => json(gateway, doubling).then(() => order.push("hostile")));
    const small = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    expect((await json(gateway, small)).status).toBe(200);
    order.push("small");
    await Promise.all(busy);
    expect(order).toEqual(["small", "hostile", "hostile", "hostile"]);
  });

  test("one that needs too much memory is given up with its thread, and the next one is served", async () => {
    const workers = new SchemaWorkers(32);
    const generate = (schema: unknown) => workers.generate(schema, createRandom("memory"), 60_000);
    expect(await generate(oneOfMany(5_000))).toEqual({
      ok: false,
      reason: "the schema cannot be used: it took more than 32 MB of memory",
    });
    expect(await generate({ anyOf: [{ type: "boolean" }] })).toMatchObject({ ok: true });
    workers.close();
  });

  test("fake timers do not matter", async () => {
    const workers = new SchemaWorkers();
    vi.useFakeTimers();
    try {
      const generated = await workers.generate(doubling, createRandom("fake"), 50);
      expect(generated).toMatchObject({ ok: false, reason: expect.stringMatching(/longer than 50 ms/) });
    } finally {
      vi.useRealTimers();
      workers.close();
    }
  });

  test("a stop does not wait for it", async () => {
    const settings = { generation_budget_ms: 60_000 };
    const gateway = await startGatewayEmulator({ seed: seedWith({ settings }), listen: false });
    const hostile = gateway
      .fetch(`${gateway.inferenceUrl}/chat/completions`, {
        method: "POST",
        headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" },
        body: JSON.stringify({
          ...HELLO,
          response_format: { type: "json_schema", json_schema: { name: "x", schema: doubling } },
        }),
      })
      .then(
        ({ status }) => status,
        () => "cut off",
      );
    await say(gateway, "hello").catch(() => {});
    await gateway.stop();
    expect(await hostile).not.toBe(200);
  });

  test.each([
    [{ type: "object", properties: { a: { type: "string", minLength: 5 } }, required: ["a"] }, true],
    [{ type: "array", items: { type: "array", items: { enum: ["a", null] } } }, true],
    [{ type: "string", pattern: "a" }, false],
    [{ type: "string", minLength: 1e6 }, false],
    [{ type: "array", minItems: 1e6, items: {} }, false],
    [{ type: "string", format: "email" }, false],
    [{ type: "strnig" }, false],
    [{ $ref: "#" }, false],
    [{ anyOf: [{}] }, false],
    [nestedArrays(10), false],
    [
      { type: "object", properties: Object.fromEntries(Array.from({ length: 301 }, (_, at) => [at, {}])) },
      false,
    ],
    [null, false],
  ])("what is answered without a thread is cheap (case %#)", (schema, expected) => {
    expect(isCheap(schema)).toBe(expected);
  });
});

function nestedArrays(depth: number): object {
  return depth === 0 ? { type: "string" } : { type: "array", items: nestedArrays(depth - 1) };
}

/** A validator keeps the code for all of them. */
function oneOfMany(count: number): object {
  return {
    oneOf: Array.from({ length: count }, (_, at) => ({
      type: "object",
      properties: { [`a${at}`]: { type: "string", minLength: 1 } },
      required: [`a${at}`],
    })),
  };
}

describe("Y-67: arguments of tools are always an object", () => {
  const tool = (parameters: unknown) => ({ type: "function", function: { name: "look", parameters } });

  test.each([
    [undefined],
    [{}],
    [{ type: "string" }],
    [{ type: ["object", "null"] }],
    [{ properties: { city: { type: "string" } } }],
    [{ $ref: "#/$defs/a", $defs: { a: { properties: { city: { type: "string" } } } } }],
  ])("parameters %j", async (parameters) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await chat(gateway, { tools: [tool(parameters)], tool_choice: "required" });
    const [made] = answer.body.choices[0].message.tool_calls;
    expect(JSON.parse(made.function.arguments)).toEqual(expect.any(Object));
    expect(made.function.arguments).toMatch(/^\{/);
  });

  test("openai's runTools calls the tool with an object", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const client = new OpenAI({
      baseURL: gateway.inferenceUrl,
      apiKey: "not used",
      defaultHeaders: { Authorization: `Api-Key ${FEDERATED_KEY}` },
      maxRetries: 0,
    });
    const calls: unknown[] = [];
    const runner = client.chat.completions.runTools({
      model: HELLO.model,
      messages: [{ role: "user", content: "look" }],
      tool_choice: { type: "function", function: { name: "look" } },
      tools: [
        {
          type: "function",
          function: {
            name: "look",
            description: "Looks.",
            parameters: {},
            parse: JSON.parse,
            function: (input: unknown) => void calls.push(input),
          },
        },
      ],
    });
    await runner.done();
    expect(calls).toEqual([{}]);
  });

  test("an Anthropic tool gets its input", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const body = {
      ...HELLO,
      max_tokens: 100,
      tools: [{ name: "look", input_schema: { type: "object" } }],
      tool_choice: { type: "any" },
    };
    const answer = await call(gateway, "POST", "/v1/messages", { key: FEDERATED_KEY, body });
    expect(answer.body.content[0]).toMatchObject({ type: "tool_use", name: "look", input: {} });
  });
});
