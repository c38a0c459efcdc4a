import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { embedding, wordsOf } from "../../src/domain/embeddings.js";
import { startGatewayEmulator } from "../../src/index.js";
import { ask, dedicated, FEDERATED_KEY, MODEL, MODEL_PLACES } from "./support.js";

const SYNC = "/environments/production/sync";
const HELLO = { model: "acme/llama", messages: [{ role: "user", content: "Hello, world!" }] };
const SERVED = { model: { served_model_names: ["acme/llama", "acme/llama-fast"] } };

describe("chat completions of a deployment (I-5)", () => {
  test("they answer as the inference host does, whichever way the deployment is named", async () => {
    await using gateway = await startGatewayEmulator({
      seed: dedicated({ completions: [{ match: { model: "acme/llama" }, reply: { content: "Hi." } }] }),
    });
    for (const [label, path] of [
      ...MODEL_PLACES.map(([label, prefix]) => [label, `${prefix}/sync/v1/chat/completions`] as const),
      [MODEL, "/v1/chat/completions"] as const,
      [`${MODEL}-staging`, "/v1/chat/completions"] as const,
    ]) {
      const answer = await ask(gateway, label, path, { json: HELLO });
      expect([path, answer.status, answer.headers.get("content-type")]).toEqual([
        path,
        200,
        "application/json",
      ]);
      expect(answer.body).toMatchObject({
        object: "chat.completion",
        model: "acme/llama",
        choices: [{ index: 0, message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }],
        usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
      });
      expect(answer.headers.get("x-baseten-request-id")).toMatch(/^[0-9a-f]{32}$/);
      expect(answer.headers.get("x-baseten-model-id")).toBe("3kZ9xqd");
    }
    const [, , , , , production, staging] = await gateway.requests({ surface: "dedicated" });
    expect(production?.notes[0]).toContain("environment production");
    expect(staging?.notes[0]).toContain("environment staging");
  });

  test("streams, is neither limited nor billed, and is journalled", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    const json = { ...HELLO, stream: true };
    const answer = await ask(gateway, MODEL, "/production/sync/v1/chat/completions", { json });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(answer.text).toMatch(/^data: \{.*\n\ndata: \[DONE\]\n\n$/s);
    expect(await gateway.billing.events()).toEqual([]);
    expect(await gateway.requests({ surface: "dedicated" })).toMatchObject([
      { slug: "3kZ9xqd", status: 200, promptTokens: 10, completionTokens: 4, groupId: null },
    ]);
  });

  test("a name that is not served is 404, byte for byte (I-4.2)", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated(SERVED) });
    const json = { ...HELLO, model: "x" };
    const answer = await ask(gateway, MODEL, `${SYNC}/v1/chat/completions`, { json });
    expect([answer.status, answer.text]).toEqual([
      404,
      '{"error":{"code":404,"message":"The model `x` does not exist.","param":"model","type":"NotFoundError"}}',
    ]);
    const other = { ...HELLO, model: "acme/llama-fast" };
    expect((await ask(gateway, MODEL, `${SYNC}/v1/chat/completions`, { json: other })).status).toBe(200);
  });

  test("values and bodies that are no good are 400 in the engine's shape (Y-26)", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    const hot = await ask(gateway, MODEL, `${SYNC}/v1/chat/completions`, {
      json: { ...HELLO, temperature: 3 },
    });
    expect([hot.status, hot.body]).toEqual([
      400,
      {
        error: {
          code: 400,
          message: "Validation: Temperature must be between 0 and 2, got 3",
          param: null,
          type: "BadRequestError",
        },
      },
    ]);
    const empty = await ask(gateway, MODEL, "/v1/chat/completions", { json: {} });
    expect([empty.status, empty.body.error.type]).toEqual([400, "BadRequestError"]);
  });

  test("chains have none, and the key comes first", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    expect((await ask(gateway, "chain-ch4in01", "/v1/chat/completions", { json: HELLO })).status).toBe(404);
    const federated = await ask(gateway, MODEL, "/v1/chat/completions", { json: {}, key: FEDERATED_KEY });
    expect(federated.status).toBe(401);
  });

  test("faults meet them by the served name", async () => {
    await using gateway = await startGatewayEmulator({
      seed: dedicated({ faults: [{ match: { model: "acme/llama" }, fault: { preset: "timeout" } }] }),
    });
    const answer = await ask(gateway, MODEL, "/v1/chat/completions", { json: HELLO });
    expect([answer.status, answer.body]).toEqual([504, { error: "Gateway Timeout", error_code: "timeout" }]);
  });
});

describe("the engine's other routes", () => {
  test("health is 200, models lists the served names, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated(SERVED) });
    const health = await ask(gateway, MODEL, `${SYNC}/health`, { method: "GET" });
    expect([health.status, health.text]).toEqual([200, ""]);
    const models = await ask(gateway, MODEL, `${SYNC}/v1/models`, { method: "GET" });
    expect([models.status, models.text]).toEqual([
      200,
      '{"object":"list","data":[{"id":"acme/llama","object":"model","created":1781697600,"owned_by":"vllm"},{"id":"acme/llama-fast","object":"model","created":1781697600,"owned_by":"vllm"}]}',
    ]);
  });

  test("a model without served names lists its own", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    const models = await ask(gateway, MODEL, `${SYNC}/v1/models`, { method: "GET" });
    expect(models.body.data).toMatchObject([{ id: "llama" }]);
  });

  test("any other route, with any method, is by rule", async () => {
    const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    await using gateway = await startGatewayEmulator({
      seed: dedicated({
        predictions: [
          { reply: { text: "for predict only" } },
          ...methods.map((method) => ({
            match: { route: "/items/a b", method },
            reply: { json: { method } },
          })),
          { match: { route: { regex: "^/health$" } }, reply: { status: 503, text: "warming up" } },
        ],
      }),
    });
    for (const [label, prefix] of MODEL_PLACES) {
      for (const method of methods) {
        const item = await ask(gateway, label, `${prefix}/sync/items/a%20b`, { method });
        expect([prefix, item.status, item.text]).toEqual([prefix, 200, JSON.stringify({ method })]);
      }
    }
    const lost = await ask(gateway, MODEL, `${SYNC}/items/124?q=1`, { method: "GET" });
    expect([lost.status, lost.text]).toEqual([404, '{"detail":"Not Found"}']);
    expect(lost.headers.get("x-emulator-hint")).toContain("predictions");
    const health = await ask(gateway, MODEL, `${SYNC}/health`, { method: "GET" });
    expect([health.status, health.text]).toEqual([503, "warming up"]);
  });

  test("their bodies may be anything, and rules look inside where they can", async () => {
    await using gateway = await startGatewayEmulator({
      seed: dedicated({
        predictions: [
          { match: { route: "/rerank", body: { query: "q" } }, reply: { json: [1] } },
          { match: { route: "/rerank" }, reply: {} },
        ],
      }),
    });
    expect((await ask(gateway, MODEL, `${SYNC}/rerank`, { json: { query: "q" } })).text).toBe("[1]");
    const raw = await ask(gateway, MODEL, `${SYNC}/rerank`, {
      body: "{",
      headers: { "Content-Type": "application/json" },
    });
    expect([raw.status, raw.text]).toEqual([200, "{"]);
  });
});

describe("embeddings", () => {
  const embed = async (fields: object = {}, parts: Parameters<typeof dedicated>[0] = {}) => {
    await using gateway = await startGatewayEmulator({ seed: dedicated(parts) });
    const json = { model: "acme/embed", input: "the quick brown fox", ...fields };
    return await ask(gateway, MODEL, `${SYNC}/v1/embeddings`, { json });
  };

  test("have OpenAI's shape, one per input in order, with their tokens", async () => {
    const { status, body } = await embed({ input: ["one", "two three"], dimensions: 8 });
    expect([status, body.object, body.model, body.usage]).toEqual([
      200,
      "list",
      "acme/embed",
      { prompt_tokens: 3, total_tokens: 3 },
    ]);
    expect(body.data).toMatchObject([
      { object: "embedding", index: 0 },
      { object: "embedding", index: 1 },
    ]);
    expect(body.data[0].embedding).toHaveLength(8);
    expect(body.data[0].embedding).not.toEqual(body.data[1].embedding);
  });

  test("are 1536 long unless the model or the request says otherwise", async () => {
    expect((await embed()).body.data[0].embedding).toHaveLength(1536);
    const model = { embedding_dimensions: 16 };
    expect((await embed({}, { model })).body.data[0].embedding).toHaveLength(16);
    expect((await embed({ dimensions: 4 }, { model })).body.data[0].embedding).toHaveLength(4);
  });

  test("base64 holds the same 32-bit floats, little-endian", async () => {
    const floats: number[] = (await embed({ dimensions: 8 })).body.data[0].embedding;
    const text: string = (await embed({ dimensions: 8, encoding_format: "base64" })).body.data[0].embedding;
    const bytes = Buffer.from(text, "base64");
    expect(floats.map((_, index) => bytes.readFloatLE(index * 4))).toEqual(floats);
  });

  test("do not mind the name of the model (Y-26)", async () => {
    const { status, body } = await embed({ model: "embeddings" }, SERVED);
    expect([status, body.model]).toEqual([200, "embeddings"]);
  });

  test("take tokens, one list or several", async () => {
    const one = await embed({ input: [1, 2, 3], dimensions: 8 });
    const several = await embed({ input: [[1, 2, 3], [4]], dimensions: 8 });
    expect(one.body.data).toHaveLength(1);
    expect(several.body.data).toHaveLength(2);
    expect(several.body.data[0]).toEqual(one.body.data[0]);
    expect(several.body.usage.prompt_tokens).toBe(4);
  });

  test.each([
    [{ input: undefined }, /^input: expected a text/],
    [{ input: [] }, /^input/],
    [{ input: 3 }, /^input/],
    [{ model: undefined }, /^model/],
    [{ dimensions: 0 }, /^dimensions/],
    [{ encoding_format: "int8" }, /^encoding_format: expected one of "float", "base64"/],
  ])("%j is 400 in the engine's shape", async (fields, message) => {
    const { status, body } = await embed(fields);
    expect([status, body.error.type]).toEqual([400, "BadRequestError"]);
    expect(body.error.message).toMatch(message);
  });

  test("every vector has length 1, whatever the text and however short", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 64 }), (text, dimensions) => {
        const vector = embedding(wordsOf(text), dimensions);
        expect(vector).toHaveLength(dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        expect(embedding(wordsOf(text), dimensions)).toEqual(vector);
      }),
    );
  });

  test("texts that share words lie closer than texts that do not", () => {
    const [fox, other, far] = ["the quick brown fox", "a Quick brown dog!", "interest rates fell again"].map(
      (text) => embedding(wordsOf(text), 256),
    );
    const near = (one: Float32Array | undefined, two: Float32Array | undefined): number =>
      Array.from(one ?? []).reduce((sum, value, at) => sum + value * (two?.[at] ?? 0), 0);
    expect(near(fox, other)).toBeGreaterThan(near(fox, far) + 0.2);
  });
});
