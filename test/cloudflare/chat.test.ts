import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import {
  basetenHeaders,
  chat,
  FEDERATED_KEY,
  HELLO,
  MODEL_SERVER_HEADERS,
  seedWith,
} from "../support/chat.js";
import { call, QUICKSTART } from "../support/client.js";
import { aig, gatewaySeed, HOST, ownError, upstream } from "./support.js";

describe("a chat through the AI Gateway is the chat of the inference host (I-6)", () => {
  test("…/baseten/v1/chat/completions: same status, body and headers, with the gateway's own (Y-36)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await using twin = await startGatewayEmulator({ seed: QUICKSTART });
    const through = await aig(gateway);
    const direct = await chat(twin);
    expect(through.status).toBe(200);
    expect(through.body.choices).toEqual(direct.body.choices);
    expect(Object.keys(through.body)).toEqual(Object.keys(direct.body));
    expect(basetenHeaders(through)).toEqual(MODEL_SERVER_HEADERS);
    expect(through.headers.get("content-length")).toBe(String(through.text.length));
    const { headers } = through;
    expect(headers.get("cf-aig-cache-status")).toBe("MISS");
    expect(headers.get("cf-aig-log-id")).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(headers.get("cf-aig-event-id")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(headers.get("cf-aig-request-id")).toBe(headers.get("cf-aig-event-id"));
    expect(headers.get("cf-aig-step")).toBe("0");
  });

  test("the ids come from the seeded random source (X-22)", async () => {
    const idsOf = async () => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
      const { headers } = await aig(gateway);
      return [headers.get("cf-aig-event-id"), headers.get("cf-aig-log-id")];
    };
    expect(await idsOf()).toEqual(await idsOf());
  });

  test("…/baseten/chat/completions, what the documents' SDK sample calls, is the same (Y-33)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, { path: "/baseten/chat/completions" });
    expect([answer.status, answer.body.choices[0].message.content]).toEqual([200, "Hello, world!"]);
  });

  test("…/compat/chat/completions takes the provider off the model's name", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, {
      path: "/compat/chat/completions",
      fields: { model: "baseten/acme/llama" },
    });
    expect([answer.status, answer.body.model]).toEqual([200, "acme/llama"]);
  });

  test("…/compat/chat/completions with a model of no or another provider is 2019", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const path = "/compat/chat/completions";
    for (const model of ["acme/llama", "openai/gpt-4o", "baseten", "", 5, null]) {
      const answer = await aig(gateway, { path, fields: { model } });
      expect([answer.status, answer.text]).toEqual([400, ownError(400, 2019, "Chat completion bad format")]);
    }
    expect((await aig(gateway, { path, body: "{" })).status).toBe(400);
    expect(await upstream(gateway)).toEqual([]);
  });

  test("…/baseten/v1/models lists the key's models", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, { method: "GET", path: "/baseten/v1/models" });
    expect([answer.status, answer.body.data.map(({ id }: { id: string }) => id)]).toEqual([
      200,
      ["acme/llama"],
    ]);
    expect(answer.headers.get("cf-aig-step")).toBe("0");
  });

  test("the Host header does without the prefix", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const plain = await call(gateway, "POST", "/v1/acc/gw/baseten/v1/chat/completions", { body: HELLO });
    expect(plain.text).toBe('{"error":"not found"}');
    expect((await aig(gateway)).status).toBe(200);
  });
});

describe("what the provider refuses passes through, status and body verbatim", () => {
  const WRONG_KEY = '{"error":"please check the api-key you provided"}\n';
  test.each([
    ["a wrong key", { key: "sky_unknown00000.secret" }, 403, WRONG_KEY],
    ["no key", { key: null }, 401, WRONG_KEY],
    [
      "an unknown model",
      { fields: { model: "acme/none" } },
      404,
      '{"error":"please check the model you provided"}\n',
    ],
    ["no JSON", { body: "{" }, 400, '{"error":"Invalid request body"}\n'],
  ])("%s", async (_, sent, status, text) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, sent);
    expect([answer.status, answer.text]).toEqual([status, text]);
    expect(answer.headers.get("cf-aig-cache-status")).toBe("MISS");
  });

  test("a refused value keeps the model server's tabs (X-8)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, { fields: { temperature: 3 } });
    const direct = await chat(gateway, { temperature: 3 });
    expect([answer.status, answer.text]).toEqual([400, direct.text]);
  });

  test("a Bearer federated key is the provider's to refuse, with its hint (X-1)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, { key: null, headers: { Authorization: `Bearer ${FEDERATED_KEY}` } });
    expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    expect(answer.headers.get("x-emulator-hint")).toContain("Api-Key");
  });

  test("limits count as ever, and a refusal shows the decision behind it", async () => {
    const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ model: { rate_limits } }) });
    expect((await aig(gateway)).status).toBe(200);
    const refused = await aig(gateway);
    expect([refused.status, refused.text]).toEqual([429, '{"error":"Too Many Requests"}\n']);
    const id = refused.headers.get("x-emulator-decision");
    const decision = await call(gateway, "GET", `/_emulator/decisions/${id}`, { key: null });
    expect(decision.body.admitted).toBe(false);
    expect((await chat(gateway)).status).toBe(429);
  });
});

describe("the journal", () => {
  test("has one entry for the gateway and one for the request upstream, which is billed (Y-40)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, { headers: { "x-emulator-usage": "10/9" } });
    const entries = await gateway.requests();
    expect(entries.map(({ surface, path, status }) => [surface, path, status])).toEqual([
      ["cloudflare", "/v1/acc/gw/baseten/v1/chat/completions", 200],
      ["inference", "/v1/chat/completions", 200],
    ]);
    const [outer, inner] = entries;
    expect(answer.headers.get("x-emulator-request")).toBe(String(outer?.seq));
    expect(outer?.notes).toContain(`attempt 1 is request ${inner?.seq}`);
    expect([outer?.responseBody, outer?.requestBody]).toEqual([answer.text, inner?.requestBody]);
    expect(inner).toMatchObject({ slug: "acme/llama", promptTokens: 10, completionTokens: 9 });
    const events = (await call(gateway, "GET", "/_emulator/billing/events", { key: null })).body.items;
    expect(events).toHaveLength(1);
  });

  test("a reset takes the gateway back to the seed", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    const first = await aig(gateway);
    await gateway.reset();
    const second = await aig(gateway);
    expect(second.text).toBe(first.text);
    expect(second.headers.get("cf-aig-log-id")).toBe(first.headers.get("cf-aig-log-id"));
  });
});

describe("paths and methods (Y-34)", () => {
  test("anything else is taken for a provider that is not known", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const paths = ["/v1/acc/gw", "/v1/acc/gw/openai/chat/completions", "/", "/v1/acc/gw/baseten/model/a/b"];
    for (const path of paths) {
      const answer = await call(gateway, "POST", HOST + path, { body: HELLO });
      expect([answer.status, answer.text]).toEqual([400, ownError(400, 2008, "Invalid provider")]);
    }
  });

  test("a wrong method is the provider's to refuse (X-18)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, { method: "GET" });
    expect([answer.status, answer.text]).toEqual([405, '{"error":"method not allowed"}']);
  });

  test("a body above the limit is 413 (X-13)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { max_body_bytes: 100 } }),
    });
    const answer = await aig(gateway, { fields: { user: "x".repeat(200) } });
    expect([answer.status, answer.text]).toEqual([413, '{"error":"Request Entity Too Large"}']);
  });
});
