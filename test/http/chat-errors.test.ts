import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { basetenHeaders, CHAT, chat, FEDERATED_KEY, seedWith } from "../support/chat.js";
import { type Answered, call, QUICKSTART } from "../support/client.js";

const INVALID_BODY = '{"error":"Invalid request body"}\n';
const WRONG_KEY = '{"error":"please check the api-key you provided"}\n';
const UNKNOWN_MODEL = '{"error":"please check the model you provided"}\n';
const TOO_MANY = '{"error":"Too Many Requests"}\n';
const hint = ({ headers }: Answered): string | null => headers.get("x-emulator-hint");

/** Status, type and bytes; none of the headers that come from behind the gateway (I-1.5). */
function expectGatewayError(answer: Answered, status: number, body: string): void {
  expect([answer.status, answer.text]).toEqual([status, body]);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("content-length")).toBe(String(Buffer.byteLength(body)));
  expect(basetenHeaders(answer)).toEqual([]);
  expect(answer.headers.get("strict-transport-security")).toBeNull();
  expect(answer.headers.get("via")).toBe("1.1 google");
}

describe("the order of checks (X-7)", () => {
  const limited = seedWith({
    model: { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] },
    group: { usage: [{ slug: "acme/llama", type: "REQUEST", unit: "MINUTE", used: 1 }] },
  });
  const EVERYTHING_WRONG = { model: "acme/nothing", temperature: 3 };

  test("the body is looked at before the key", async () => {
    await using gateway = await startGatewayEmulator({ seed: limited });
    for (const key of ["sky_unknown00000.secret", null]) {
      expectGatewayError(await call(gateway, "POST", CHAT, { key, body: {} }), 400, INVALID_BODY);
    }
  });

  test("the key before the slug", async () => {
    await using gateway = await startGatewayEmulator({ seed: limited });
    expectGatewayError(await chat(gateway, EVERYTHING_WRONG, { key: null }), 401, WRONG_KEY);
    const answer = await chat(gateway, EVERYTHING_WRONG, { key: "sky_unknown00000.secret" });
    expectGatewayError(answer, 403, WRONG_KEY);
  });

  test("the slug before the limits and the values", async () => {
    await using gateway = await startGatewayEmulator({ seed: limited });
    expectGatewayError(await chat(gateway, EVERYTHING_WRONG), 404, UNKNOWN_MODEL);
  });

  test("the limits before the values", async () => {
    await using gateway = await startGatewayEmulator({ seed: limited });
    expectGatewayError(await chat(gateway, { temperature: 3 }), 429, TOO_MANY);
  });

  test("a refused value counts nowhere (L-4)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ model: { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] } }),
    });
    for (let time = 0; time < 3; time++) expect((await chat(gateway, { temperature: 3 })).status).toBe(400);
    expect((await chat(gateway)).status).toBe(200);
    expect((await chat(gateway)).status).toBe(429);
  });
});

describe("a body that is not a chat body (X-5)", () => {
  test.each([
    ["empty", ""],
    ["not JSON", "{"],
    ["an empty object", "{}"],
    ["a list", "[]"],
    ["null", "null"],
    ["no messages", '{"model":"acme/llama"}'],
    ["messages is an object", '{"model":"acme/llama","messages":{}}'],
    ["model is a number", '{"model":1,"messages":[]}'],
  ])("400: %s", async (_name, body) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, "POST", CHAT, { key: FEDERATED_KEY, body });
    expectGatewayError(answer, 400, INVALID_BODY);
    expect(hint(answer)).toContain('"model"');
  });

  test("400: what is a chat body but for one byte that is not UTF-8", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const text = '{"model":"acme/llama","messages":[{"role":"user","content":"caf\xe9"}]}';
    const send = (body: Buffer) =>
      fetch(`${gateway.url}${CHAT}`, {
        method: "POST",
        headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" },
        body,
      });
    const answer = await send(Buffer.from(text, "latin1"));
    expect([answer.status, await answer.text()]).toEqual([400, INVALID_BODY]);
    expect(answer.headers.get("x-emulator-hint")).toContain("UTF-8");
    expect((await send(Buffer.from(text, "utf8"))).status).toBe(200);
  });

  test("a streamed request gets the same error, not a stream", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, "POST", CHAT, { key: FEDERATED_KEY, body: { stream: true } });
    expectGatewayError(answer, 400, INVALID_BODY);
  });
});

describe("the model (X-4)", () => {
  const seed = {
    ...QUICKSTART,
    workspaces: [
      {
        name: "acme",
        endpoints: [
          { slug: "acme/llama", targets: [{ provider: "BASETEN" as const, model_id: "3kZ9xqd" }] },
          { slug: "acme/other", targets: [{ provider: "BASETEN" as const, model_id: "3kZ9xqd" }] },
        ],
        groups: [
          {
            external_entity_id: "org",
            models: [{ slug: "acme/llama" }, { slug: "acme/without-endpoint" }, { slug: "rival/llama" }],
            keys: [{ name: "acme-prod", key: FEDERATED_KEY }],
          },
        ],
      },
      {
        name: "rival",
        endpoints: [
          { slug: "rival/llama", targets: [{ provider: "BASETEN" as const, model_id: "3kZ9xqd" }] },
        ],
      },
    ],
  };

  test.each([
    ["acme/nothing", "not in the models of group"],
    ["acme/other", "not in the models of group"],
    ["acme/without-endpoint", "POST /v1/gateway/endpoints"],
    ["rival/llama", "POST /v1/gateway/endpoints"],
    ["llama", "not in the models of group"],
    ["ACME/LLAMA", "not in the models of group"],
    ["acme/llama ", "not in the models of group"],
    ["", "not in the models of group"],
  ])("%j is the one and only 404", async (model, hinted) => {
    await using gateway = await startGatewayEmulator({ seed });
    const answer = await chat(gateway, { model });
    expectGatewayError(answer, 404, UNKNOWN_MODEL);
    expect(hint(answer)).toContain(hinted);
  });
});

describe("over a limit (X-6)", () => {
  const exhausted = (settings: object) =>
    seedWith({
      settings,
      model: { usage_limits: [{ type: "TOKEN", unit: "DAY", threshold: 100 }] },
      group: { usage: [{ slug: "acme/llama", type: "TOKEN", unit: "DAY", used: 100 }] },
    });

  test("429 with the observed text; the hint says which limit and until when", async () => {
    await using gateway = await startGatewayEmulator({ seed: exhausted({}) });
    const answer = await chat(gateway);
    expectGatewayError(answer, 429, TOO_MANY);
    expect(hint(answer)).toMatch(/TOKEN\/DAY of group org .* acme\/llama: 100 of 100 used/);
    expect(hint(answer)).toContain("2026-06-18T00:00:00.000Z");
    expect(answer.headers.get("retry-after")).toBeNull();
  });

  test.each([
    ["JSON", { error: { message: "slow down" } }, '{"error":{"message":"slow down"}}'],
    ["text", "slow down\n", "slow down\n"],
  ])("body and headers are free: %s", async (_name, body, text) => {
    const rate_limited = { body, headers: { "Retry-After": "7", "x-of-mine": "yes" } };
    await using gateway = await startGatewayEmulator({ seed: exhausted({ errors: { rate_limited } }) });
    const answer = await chat(gateway);
    expect([answer.status, answer.text]).toEqual([429, text]);
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(answer.headers.get("x-of-mine")).toBe("yes");
  });

  test("headers alone leave the body as it is", async () => {
    const errors = { rate_limited: { headers: { "x-of-mine": "yes" } } };
    await using gateway = await startGatewayEmulator({ seed: exhausted({ errors }) });
    const answer = await chat(gateway);
    expectGatewayError(answer, 429, TOO_MANY);
    expect(answer.headers.get("x-of-mine")).toBe("yes");
  });
});
