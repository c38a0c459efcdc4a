import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { seedWith } from "../support/chat.js";
import { aig, gatewaySeed, notesOf, TOKEN } from "./support.js";

describe("cf-aig-metadata (Y-40)", () => {
  async function noted(metadata: string): Promise<readonly string[]> {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    expect((await aig(gateway, { headers: { "cf-aig-metadata": metadata } })).status).toBe(200);
    return (await notesOf(gateway)).filter((note) => note.includes("metadata"));
  }

  test("goes into the journal", async () => {
    expect(await noted('{"team": "AI", "user": 12345, "test":true}')).toEqual([
      'cf-aig-metadata {"team":"AI","user":12345,"test":true}',
    ]);
  });

  test("of more than five entries the first five", async () => {
    const [remark, kept] = await noted('{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}');
    expect(remark).toBe("cf-aig-metadata: only the first 5 entries are kept");
    expect(kept).toBe('cf-aig-metadata {"a":1,"b":2,"c":3,"d":4,"e":5}');
  });

  test("without what is neither text, number nor boolean", async () => {
    const [remark, kept] = await noted('{"a":{"b":1},"c":null,"d":[],"e":"f"}');
    expect(remark).toBe("cf-aig-metadata: only strings, numbers and booleans are kept");
    expect(kept).toBe('cf-aig-metadata {"e":"f"}');
  });

  test.each(["{", "[]", "5", "null", ""])("%j is ignored", async (metadata) => {
    expect(await noted(metadata)).toEqual(["ignored cf-aig-metadata: expected a JSON object"]);
  });
});

describe("other headers of the gateway (Y-40)", () => {
  test("cf-aig-collect-log: false takes cf-aig-log-id away; the journal keeps its entry", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    const { headers } = await aig(gateway, { headers: { "cf-aig-collect-log": "false" } });
    expect(headers.has("cf-aig-log-id")).toBe(false);
    expect(headers.has("cf-aig-event-id")).toBe(true);
    expect(await gateway.requests({ surface: "cloudflare" })).toHaveLength(1);
  });

  test.each([
    ["cf-aig-max-attempts", "many", "expected a whole number"],
    ["cf-aig-retry-delay", "-1", "expected a whole number"],
    ["cf-aig-request-timeout", "1.5", "expected a whole number"],
    ["cf-aig-cache-ttl", "", "expected a whole number"],
    ["cf-aig-backoff", "fast", "expected one of constant, linear, exponential"],
  ])("%s: %s is ignored, and noted", async (name, value, problem) => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    const answer = await aig(gateway, { headers: { [name]: value } });
    expect([answer.status, answer.headers.get("cf-aig-cache-status")]).toEqual([200, "MISS"]);
    const notes = (await notesOf(gateway)).filter((note) => note.includes(name));
    expect(notes).toEqual([`ignored ${name}: ${problem}`]);
  });

  test("none of them reach the provider, others do", async () => {
    const rule = (name: string) => ({ match: { headers: { [name]: "yes" } }, reply: { content: name } });
    const completions = [rule("cf-aig-custom-cost"), rule("cf-anything"), rule("x-mine")];
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({}, { completions }) });
    const headers = { "cf-aig-custom-cost": "yes", "cf-anything": "yes", "x-mine": "yes" };
    expect((await aig(gateway, { headers })).body.choices[0].message.content).toBe("x-mine");
  });
});

describe("the seed", () => {
  const start = (gateway: object) => startGatewayEmulator({ seed: gatewaySeed(gateway) });

  test.each([
    [{ authenticated: true }, /an authenticated gateway needs at least one token/],
    [{ authenticated: true, tokens: [] }, /an authenticated gateway needs at least one token/],
    [{ account_id: "a/b" }, /expected 1 to 64 letters, digits, _ or -/],
    [{ cache_ttl: -1 }, /cache_ttl/],
    [{ retry: { max_attempts: 6 } }, /max_attempts/],
    [{ retry: { delay: "6s" } }, /expected at most 5s/],
    [{ keys: { default: "short" } }, /keys/],
    [{ token: TOKEN }, /token/],
  ])("refuses %j", async (gateway, problem) => {
    await expect(start(gateway)).rejects.toThrow(problem);
  });

  test("files add up", async () => {
    const one = (gateway_id: string) =>
      seedWith({ top: { cloudflare: { gateways: [{ account_id: "acc", gateway_id }] } } });
    const { cloudflare } = one("two");
    await using gateway = await startGatewayEmulator({ seed: one("gw") });
    await gateway.seed({ cloudflare });
    expect((await aig(gateway)).status).toBe(200);
  });
});
