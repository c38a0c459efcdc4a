import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { call, management, QUICKSTART } from "../support/client.js";

const CHAT = "/v1/chat/completions";
const BODY = { model: "acme/llama", messages: [{ role: "user", content: "Hello" }] };

function chat(gateway: GatewayEmulator, key: string | null, headers: Record<string, string> = {}) {
  return call(gateway, "POST", CHAT, { key, body: BODY, headers });
}

/** What was provoked so far, and how often. */
function seen(gateway: GatewayEmulator): Record<string, number> {
  const items = gateway.errorCoverage().items.filter(({ count }) => count > 0);
  return Object.fromEntries(items.map(({ code, count }) => [code, count]));
}

describe("which errors were provoked", () => {
  test("of all that there are, with clause, message and how to provoke each", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway, null);
    await chat(gateway, "unknown.key");
    await chat(gateway, "unknown.key");
    const { status, body } = await call(gateway, "GET", "/_emulator/errors", { key: null });
    expect({ status, pagination: body.pagination }).toEqual({
      status: 200,
      pagination: { has_more: false, cursor: null },
    });
    expect(body.provoked).toBe(2);
    expect(body.known).toBe(body.items.length);
    const one = (code: string) => body.items.find((item: { code: string }) => item.code === code);
    expect(one("wrong_key")).toEqual({
      code: "wrong_key",
      status: 403,
      clause: "X-2, X-16",
      message: "please check the api-key you provided",
      provoke: "POST a chat completion with a revoked key",
      count: 2,
    });
    expect(one("missing_key").count).toBe(1);
    expect(one("unknown_model").count).toBe(0);
    const { pagination: _, ...answered } = body;
    expect(gateway.errorCoverage()).toEqual(answered);
  });

  test("a defect of the emulator is none of them: no test can ask for it", async () => {
    await using gateway = await startGatewayEmulator();
    const { items } = gateway.errorCoverage();
    expect(items.length).toBeGreaterThan(20);
    expect(items.map(({ code }) => code)).not.toContain("internal");
  });

  test("good answers count nowhere", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    expect((await chat(gateway, gateway.keys["acme-prod"] ?? null)).status).toBe(200);
    await management(gateway).get("/groups");
    expect(gateway.errorCoverage().provoked).toBe(0);
  });

  test("an injected error counts as what it is; an answer spelled out by a fault as `injected`", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const key = gateway.keys["acme-prod"] ?? null;
    const fault = { match: { group: "org" }, times: 1, fault: { preset: "overloaded" } };
    await call(gateway, "POST", "/_emulator/faults", { body: fault });
    expect((await chat(gateway, key)).status).toBe(529);
    expect((await chat(gateway, key, { "x-emulator-fault": "rate_limited" })).status).toBe(429);
    expect((await chat(gateway, key, { "x-emulator-fault": '{"status":429}' })).status).toBe(429);
    expect(seen(gateway)).toEqual({ overloaded: 1, rate_limited: 1, injected: 1 });
  });

  test("what goes wrong on the control plane is no error of the gateway", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    expect((await call(gateway, "GET", "/_emulator/nothing")).status).toBe(404);
    expect((await call(gateway, "GET", "/_emulator/requests/7")).status).toBe(404);
    expect((await call(gateway, "POST", "/_emulator/faults", { body: {} })).status).toBe(400);
    expect(seen(gateway)).toEqual({});
  });

  test("a whole suite counts: neither reset nor an emptied journal forgets", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway, null);
    await gateway.reset();
    await chat(gateway, "unknown.key");
    await call(gateway, "POST", "/_emulator/reset");
    await call(gateway, "DELETE", "/_emulator/requests");
    expect(seen(gateway)).toEqual({ missing_key: 1, wrong_key: 1 });
  });

  test("neither does a restored snapshot; all worlds count together", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const snapshot = await gateway.snapshot();
    await chat(gateway, null);
    await gateway.restore(snapshot);
    const world = await gateway.world("w1");
    expect((await call(world, "POST", CHAT, { key: null, body: BODY })).status).toBe(401);
    expect(seen(gateway)).toEqual({ missing_key: 2 });
    expect((await call(world, "GET", "/_emulator/errors")).body.provoked).toBe(1);
  });

  test("another emulator in the same process counts its own", async () => {
    await using one = await startGatewayEmulator({ seed: QUICKSTART });
    await using other = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(one, null);
    expect([one.errorCoverage().provoked, other.errorCoverage().provoked]).toEqual([1, 0]);
  });
});
