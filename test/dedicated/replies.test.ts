import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { call } from "../support/client.js";
import { ask, dedicated, hostUrl, MODEL, passing, WORKSPACE_KEY } from "./support.js";

const PREDICT = "/production/predict";

/** An emulator with these prediction rules. */
const start = (predictions: readonly object[], parts: Parameters<typeof dedicated>[0] = {}) =>
  startGatewayEmulator({ seed: dedicated({ ...parts, predictions }) });

const predict = (gateway: GatewayEmulator, json: unknown = {}, headers: Record<string, string> = {}) =>
  ask(gateway, MODEL, PREDICT, { json, headers });

describe("canned predictions", () => {
  test("json, text, bytes, status, headers, content type", async () => {
    await using gateway = await start([
      { match: { body: { want: "json" } }, reply: { json: { ok: true }, headers: { "X-Model": "v2" } } },
      { match: { body: { want: "null" } }, reply: { json: null } },
      { match: { body: { want: "text" } }, reply: { text: "hello", status: 202 } },
      { match: { body: { want: "html" } }, reply: { text: "<p>", content_type: "text/html" } },
      { match: { body: { want: "bytes" } }, reply: { base64: "iVBORwA=", content_type: "image/png" } },
      { match: { body: { want: "headers" } }, reply: { headers: { "X-Seen": "yes" } } },
    ]);
    const facts = async (want: string) => {
      const { status, headers, text } = await predict(gateway, { want });
      return [status, headers.get("content-type"), text];
    };
    expect(await facts("json")).toEqual([200, "application/json", '{"ok":true}']);
    expect((await predict(gateway, { want: "json" })).headers.get("x-model")).toBe("v2");
    expect(await facts("null")).toEqual([200, "application/json", "null"]);
    expect(await facts("text")).toEqual([202, "text/plain; charset=utf-8", "hello"]);
    expect(await facts("html")).toEqual([200, "text/html", "<p>"]);
    expect(await facts("headers")).toEqual([200, "application/json", '{"want":"headers"}']);
    const bytes = await fetch(hostUrl(gateway, MODEL) + PREDICT, {
      method: "POST",
      headers: { Authorization: `Bearer ${WORKSPACE_KEY}` },
      body: '{"want":"bytes"}',
    });
    expect([
      bytes.headers.get("content-type"),
      Buffer.from(await bytes.arrayBuffer()).toString("hex"),
    ]).toEqual(["image/png", "89504e4700"]);
  });

  test.each([
    ["the model by id or name", { model: { regex: "^(3kZ9xqd|llama)$" } }, true],
    ["another model", { model: "3kz9xqd" }, false],
    ["a chain, which a model is not", { chain: "3kZ9xqd" }, false],
    ["the environment", { environment: "production" }, true],
    ["another environment", { environment: "staging" }, false],
    ["the deployment", { deployment: "3kZ9xqd-production" }, true],
    ["the route", { route: "/predict" }, true],
    ["the method", { method: "POST" }, true],
    ["the key by prefix", { key: "emulator" }, true],
    ["the whole text", { text: { contains: '"deep"' } }, true],
    ["fields inside", { body: { "input.deep": "x", "input.list.1": "2", "input.flag": "true" } }, true],
    ["a field that is not there", { body: { "input.nothing": { regex: "" } } }, false],
    ["a field that is no text", { body: { input: { regex: "" } } }, false],
    ["headers", { headers: { "X-Tenant": "a" } }, true],
    ["everything", {}, true],
  ])("a rule looks at %s", async (_, match, fits) => {
    await using gateway = await start([{ match, reply: { text: "canned" } }]);
    const input = { input: { deep: "x", list: [1, 2], flag: true } };
    const answer = await predict(gateway, input, { "x-tenant": "a" });
    expect(answer.text === "canned").toBe(fits);
  });

  test("the first that fits answers, as often as it may; a sequence ends with its last", async () => {
    await using gateway = await start([
      { times: 1, reply: { text: "once" } },
      { match: { body: { n: "1" } }, sequence: [{ text: "a" }, { text: "b" }] },
      { reply: { text: "rest" } },
    ]);
    const texts = [];
    for (const n of [1, 1, 2, 1, 1]) texts.push((await predict(gateway, { n })).text);
    expect(texts).toEqual(["once", "a", "rest", "b", "b"]);
    await gateway.reset();
    expect((await predict(gateway)).text).toBe("once");
  });

  test("the journal says who answered, or which rule came closest", async () => {
    await using gateway = await start([{ match: { body: { n: "1" } }, reply: { text: "one" } }]);
    await predict(gateway, { n: 1 });
    await predict(gateway, { n: 2 });
    const [one, two] = await gateway.requests({ surface: "dedicated" });
    expect(one?.notes[1]).toMatch(/^answered by prediction-/);
    expect(two?.notes.slice(1)).toEqual([
      expect.stringMatching(/echoed/),
      expect.stringMatching(/wanted body n equal to "1"/),
    ]);
  });

  test("settings.unmatched: error refuses what would be echoed", async () => {
    await using gateway = await start([], { settings: { unmatched: "error" } });
    const answer = await predict(gateway);
    expect([answer.status, answer.body]).toEqual([
      400,
      { error: "No completion rule matches this request", error_code: "client_error" },
    ]);
    expect((await ask(gateway, MODEL, "/production/sync/health", { method: "GET" })).status).toBe(200);
  });

  test("POST, GET and DELETE /_emulator/predictions", async () => {
    await using gateway = await start([{ reply: { text: "seeded" } }]);
    const rules = (method: string, body?: object) =>
      call(gateway, method, "/_emulator/predictions", { key: null, ...(body && { body }) });
    const added = await rules("POST", { match: { body: { n: "1" } }, reply: { text: "own", delay: "0ms" } });
    expect([added.status, added.body]).toEqual([
      200,
      {
        id: expect.stringMatching(/^prediction-/),
        match: { body: { n: "1" } },
        reply: { text: "own", delay_ms: 0 },
      },
    ]);
    expect((await rules("POST", [{ times: 1, reply: { error: "model" } }])).body.items).toHaveLength(1);
    expect((await predict(gateway, { n: 1 })).status).toBe(500);
    expect((await predict(gateway, { n: 1 })).text).toBe("own");
    const { items } = (await rules("GET")).body;
    expect(items.map(({ used }: { used: number }) => used)).toEqual([1, 1, 0]);
    const wrong = await rules("POST", { reply: { text: "x", json: 1 } });
    expect([wrong.status, wrong.body.message]).toEqual([
      400,
      "reply: expected at most one of json, text, chunks, base64, error",
    ]);
    expect((await rules("DELETE")).body).toEqual({ ok: true });
    expect((await predict(gateway, { n: 1 })).text).toBe('{"n":1}');
    await gateway.reset();
    expect((await predict(gateway)).text).toBe("seeded");
  });

  test("a later seed adds rules behind those that are there", async () => {
    await using gateway = await start([{ match: { body: { n: "1" } }, reply: { text: "one" } }]);
    await gateway.seed({ predictions: [{ reply: { text: "any" } }] });
    expect([(await predict(gateway, { n: 1 })).text, (await predict(gateway)).text]).toEqual(["one", "any"]);
  });
});

describe("failures (I-4.3, I-5)", () => {
  test("error: model is the model's own 500, the others are the platform's", async () => {
    await using gateway = await start(
      ["model", "unavailable", "not_ready", "timeout", "rate_limited"].map((error) => ({
        match: { body: { error } },
        reply: { error },
      })),
    );
    for (const [error, status, body] of [
      ["model", 500, { error: "Internal Server Error (in model/chainlet)." }],
      ["unavailable", 502, { error: "Error making prediction", error_code: "model_unavailable" }],
      ["not_ready", 503, { error: "Model is not ready.", error_code: "model_not_ready" }],
      ["timeout", 504, { error: "Gateway Timeout", error_code: "timeout" }],
      ["rate_limited", 429, { error: "Too Many Requests", error_code: "rate_limited" }],
    ] as const) {
      const answer = await predict(gateway, { error });
      expect([answer.status, answer.body]).toEqual([status, body]);
      expect(answer.headers.get("x-baseten-request-id")).toMatch(/^[0-9a-f]{32}$/);
      const source = answer.headers.get("x-baseten-error-source");
      const code = answer.headers.get("x-baseten-error-code");
      expect([source, code]).toEqual(error === "model" ? ["04", "600"] : [null, null]);
    }
  });

  test("a status of the model's own passes through, body and all", async () => {
    await using gateway = await start([{ reply: { status: 422, json: { detail: "prompt too long" } } }]);
    const answer = await predict(gateway);
    expect([answer.status, answer.text]).toEqual([422, '{"detail":"prompt too long"}']);
  });

  test("faults meet predictions too, by model id", async () => {
    await using gateway = await startGatewayEmulator({
      seed: dedicated({
        faults: [
          { match: { model: "3kZ9xqd" }, times: 1, fault: { preset: "draining" } },
          { match: { model: "elsewhere" }, fault: { status: 418 } },
          { match: { key: "emulator" }, times: 1, fault: { status: 418, body: { tea: true } } },
        ],
      }),
    });
    const answers = [await predict(gateway), await predict(gateway), await predict(gateway, { n: 1 })];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [503, '{"error":"Service Unavailable","error_code":"model_unavailable"}'],
      [418, '{"tea":true}'],
      [200, '{"n":1}'],
    ]);
  });

  test("a fault by header, for one request: overloaded, reset, cut", async () => {
    await using gateway = await start([{ match: { body: { n: "2" } }, reply: { chunks: ["one", "two"] } }]);
    const asked = await predict(gateway, {}, { "x-emulator-fault": "overloaded" });
    expect([asked.status, asked.body]).toEqual([
      529,
      { error: "Overloaded", error_code: "model_unavailable" },
    ]);
    await expect(predict(gateway, {}, { "x-emulator-fault": '{"reset":true}' })).rejects.toThrow();
    const cut = '{"cut":{"after_bytes":1,"after_chunks":1}}';
    await expect(predict(gateway, {}, { "x-emulator-fault": cut })).rejects.toThrow();
    await expect(predict(gateway, { n: 2 }, { "x-emulator-fault": cut })).rejects.toThrow();
    expect((await predict(gateway)).status).toBe(200);
  });
});

describe("time", () => {
  /** Asks without waiting, and says what has come so far. */
  async function stream(gateway: GatewayEmulator) {
    const response = await fetch(hostUrl(gateway, MODEL) + PREDICT, {
      method: "POST",
      headers: { Authorization: `Bearer ${WORKSPACE_KEY}` },
      body: "{}",
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) throw new Error("no body");
    return { response, read: async () => (await reader.read()).value };
  }

  test("chunks come one by one on the world's clock", async () => {
    await using gateway = await start([{ reply: { chunks: ["one", "two", "three"], chunk_delay: "1s" } }]);
    const { response, read } = await stream(gateway);
    expect(response.headers.get("transfer-encoding")).toBe("chunked");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await read()).toBe("one");
    expect(await gateway.clock.advance("999ms")).toEqual([]);
    await gateway.clock.advance("1ms");
    expect(await read()).toBe("two");
    await gateway.clock.advance("1s");
    expect([await read(), await read()]).toEqual(["three", undefined]);
    expect(await gateway.requests({ surface: "dedicated" })).toMatchObject([
      { status: 200, durationMs: 2000, responseBody: "onetwothree" },
    ]);
  });

  test("a reply may take its time, and after 1200 s it is 504", async () => {
    await using gateway = await start([
      { match: { body: { n: "1" } }, reply: { text: "late", delay: "2s" } },
      { reply: { text: "never", delay: "1201s" } },
    ]);
    expect((await passing(gateway, predict(gateway, { n: 1 }))).text).toBe("late");
    const never = await passing(gateway, predict(gateway));
    expect([never.status, never.body]).toEqual([504, { error: "Gateway Timeout", error_code: "timeout" }]);
    const waits = await gateway.requests({ surface: "dedicated" });
    expect(waits.map(({ durationMs }) => durationMs)).toEqual([2_000, 1_200_000]);
  });
});
