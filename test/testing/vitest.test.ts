import { describe, expect, test } from "vitest";
import { connectGatewayEmulator, type GatewayWorld } from "../../src/index.js";
import { useGatewayEmulator } from "../../src/testing/vitest/index.js";
import { chat, KEY, LIMITED, NOON } from "../support/limited.js";

describe("useGatewayEmulator", () => {
  const gateway = useGatewayEmulator({ seed: LIMITED });

  test.each(["first", "second", "third"])("every test starts from the seed: the %s", async (nth) => {
    expect(await gateway.requests()).toEqual([]);
    expect((await gateway.clock.read()).now).toBe(NOON);
    expect(gateway.worlds()).toEqual(["default"]);
    expect(gateway.keys).toEqual({ "acme-prod": KEY });
    expect([await chat(gateway), await chat(gateway)]).toEqual([200, 429]);
    await gateway.clock.advance("1h");
    await gateway.world("w1");
    await gateway.createGroup({ external_entity_id: "new", models: ["acme/llama"] });
    if (nth === "first") await gateway.reseed({});
  });

  test("has what a started emulator has", async () => {
    expect(gateway.port).toBe(Number(new URL(gateway.url).port));
    expect("inferenceUrl" in gateway).toBe(true);
    expect(gateway.inferenceUrl).toBe(`${gateway.url}/v1`);
    expect(await gateway).toBe(gateway);
    const { clock, requests } = gateway;
    await clock.advance("1s");
    expect(await requests()).toEqual([]);
    const failed = await gateway.mintKey("nowhere").catch((cause: Error) => cause);
    expect((failed as Error).stack?.split("\n")[1]).toContain("vitest.test.ts");
  });
});

describe("a field that no matcher has", () => {
  const gateway = useGatewayEmulator();

  test("is refused with the one that was meant, whatever would hold without it", async () => {
    await expect(expect(gateway).not.toHaveServed(JSON.parse('{"stauts":429}'))).rejects.toThrow(
      'toHaveServed: unknown field "stauts"; did you mean "status"?',
    );
    await expect(expect(gateway).not.toHaveRefused(JSON.parse('{"limt":"REQUEST/DAY"}'))).rejects.toThrow(
      'did you mean "limit"?',
    );
    await expect(expect(gateway).not.toHaveBilled(JSON.parse('{"event":1}'))).rejects.toThrow(
      'did you mean "events"?',
    );
  });
});

describe("isolate: file", () => {
  const gateway = useGatewayEmulator({ seed: LIMITED, isolate: "file" });

  test("what one test does", async () => {
    expect(await chat(gateway)).toBe(200);
  });

  test("the next one finds", async () => {
    expect(await chat(gateway)).toBe(429);
    expect(await gateway.requests()).toHaveLength(2);
  });
});

describe("the end", () => {
  const seen: string[] = [];

  describe("of a describe", () => {
    const gateway = useGatewayEmulator();

    test("is the emulator's", async () => {
      seen.push(gateway.url);
      expect((await fetch(`${gateway.url}/_emulator/health`)).status).toBe(200);
    });
  });

  test("after it, nothing answers", async () => {
    const [url = ""] = seen;
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });
});

describe("outside of tests and hooks", () => {
  const gateway = useGatewayEmulator();
  let refusal: unknown;
  try {
    gateway.url.toString();
  } catch (cause) {
    refusal = cause;
  }
  let member: unknown;
  try {
    member = "url" in gateway;
  } catch (cause) {
    member = cause;
  }

  test("every use says so in one line, at the caller", () => {
    const message = "useGatewayEmulator() is ready inside tests and hooks only";
    expect([refusal, member].map(String)).toEqual(Array(2).fill(`Error: ${message}`));
    expect(refusal instanceof Error ? refusal.stack?.split("\n")[1] : "").toContain("vitest.test.ts");
  });
});

describe.each<[string, (gateway: GatewayWorld) => Promise<GatewayWorld>]>([
  ["in this process", async (gateway) => gateway],
  ["over HTTP", ({ url }) => connectGatewayEmulator(url)],
])("matchers, for an emulator %s", (_, handleOf) => {
  const started = useGatewayEmulator({ seed: LIMITED });

  /** The message of an expectation that does not hold. */
  async function messageOf(expectation: Promise<void>): Promise<string> {
    return expectation.then(
      () => "it holds",
      (cause: Error) => cause.message,
    );
  }

  /** Two requests: one served and billed with 10 and 9 tokens, one refused. */
  async function asked(): Promise<GatewayWorld> {
    const gateway = await handleOf(started);
    await chat(gateway, KEY, { "x-emulator-usage": "10/9" });
    await chat(gateway);
    return gateway;
  }

  test("toHaveServed", async () => {
    const gateway = await asked();
    await expect(gateway).toHaveServed();
    await expect(gateway).toHaveServed({ path: "/v1/chat/completions", times: 2 });
    await expect(gateway).toHaveServed({ status: 429, group: "org", slug: "acme/llama", times: 1 });
    await expect(gateway).not.toHaveServed({ status: 500 });
    await expect(gateway).not.toHaveServed({ status: 200, times: 2 });
    expect(await messageOf(expect(gateway).toHaveServed({ status: 200, times: 2, within: 1 }))).toMatch(
      /^expected 2 requests with \{"status":200\}, found 1\.\nAsked:\n {2}POST .* 200 .*\n {2}POST .* 429 /,
    );
    expect(await messageOf(expect(gateway).not.toHaveServed({ status: 429 }))).toMatch(
      /^expected no such thing as a request with \{"status":429\}\.\nAsked:\n {2}POST .* 429 /,
    );
  });

  test("toHaveServed waits for what is still to come", async () => {
    const gateway = await handleOf(started);
    const served = expect(gateway).toHaveServed({ status: 200, within: "10s" });
    await chat(gateway);
    await served;
  });

  test("toHaveBilled", async () => {
    const gateway = await asked();
    await expect(gateway).toHaveBilled();
    await expect(gateway).toHaveBilled({
      group: "org",
      key: "sky_acmeprod0001",
      slug: "acme/llama",
      since: Date.parse(NOON),
      events: 1,
      tokens: 19,
      inputTokens: 10,
      outputTokens: 9,
      cachedInputTokens: 0,
    });
    await expect(gateway).toHaveBilled({ group: "other", events: 0 });
    await expect(gateway).not.toHaveBilled({ group: "other" });
    await expect(gateway).not.toHaveBilled({ events: 2 });
    await expect(gateway).not.toHaveBilled({ tokens: 18 });
    expect(await messageOf(expect(gateway).toHaveBilled({ group: "org", events: 2, tokens: 38 }))).toBe(
      `expected 2 events with {"group":"org"}, tokens 38, found 1 event, tokens 19.\nBilled:\n  ${NOON} acme/llama org sky_acmeprod0001: 10 in (0 cached), 9 out`,
    );
    expect(await messageOf(expect(gateway).toHaveBilled({ group: "other" }))).toBe(
      'expected an event with {"group":"other"}, found 0 events.\nNothing like it was billed.',
    );
    expect(await messageOf(expect(gateway).not.toHaveBilled({ tokens: 19 }))).toMatch(
      /^expected no such thing as an event, tokens 19, found 1 event, tokens 19\.\nBilled:/,
    );
  });

  test("toHaveRefused", async () => {
    const gateway = await asked();
    await chat(gateway, "sky_unknown00001.secret");
    await expect(gateway).toHaveRefused();
    await expect(gateway).toHaveRefused({
      limit: "REQUEST/MINUTE",
      group: "org",
      slug: "acme/llama",
      times: 1,
    });
    await expect(gateway).toHaveRefused({ limitOf: "org" });
    await expect(gateway).toHaveRefused({ status: 403, times: 1 });
    await expect(gateway).toHaveRefused({ times: 2 });
    await expect(gateway).not.toHaveRefused({ limit: "TOKEN/DAY" });
    await expect(gateway).not.toHaveRefused({ limit: "REQUEST/MINUTE", limitOf: "other" });
    await expect(gateway).not.toHaveRefused({ status: 403, limit: "REQUEST/MINUTE" });
    expect(await messageOf(expect(gateway).toHaveRefused({ limit: "TOKEN/DAY", group: "org" }))).toMatch(
      /^expected a refusal with \{"limit":"TOKEN\/DAY","group":"org"\}, found 0\.\nAsked:\n {2}POST .* 429 .*REQUEST\/MINUTE of group org/,
    );
    expect(await messageOf(expect(gateway).toHaveRefused({ status: 402 }))).toBe(
      'expected a refusal with {"status":402}, found 0.\nNothing like it was refused.',
    );
    expect(await messageOf(expect(gateway).not.toHaveRefused({ limit: "REQUEST/MINUTE" }))).toMatch(
      /^expected no such thing as a refusal with \{"limit":"REQUEST\/MINUTE"\}\.\nAsked:/,
    );
  });

  test("toHaveRefused by an ancestor's limit", async () => {
    const gateway = await handleOf(started);
    const team = {
      slug: "acme/llama",
      rate_limits: [{ type: "REQUEST" as const, unit: "MINUTE" as const, threshold: 1 }],
    };
    const parent = await gateway.createGroup({
      external_entity_id: "parent",
      limit_enforcement: "CASCADING",
      models: [team],
    });
    const child = await gateway.createGroup({ external_entity_id: "child", models: ["acme/llama"], parent });
    const { api_key } = await gateway.mintKey(child);
    expect([await chat(gateway, api_key), await chat(gateway, api_key)]).toEqual([200, 429]);
    await expect(gateway).toHaveRefused({ group: "child", limitOf: "parent" });
    await expect(gateway).toHaveRefused({ group: "child", limitOf: parent.id });
    await expect(gateway).not.toHaveRefused({ limitOf: "child" });
  });

  test("toHaveRefused by one of several limits", async () => {
    const gateway = await handleOf(started);
    const limited = async (name: string, requests: number, tokens: number): Promise<string> => {
      const rate_limits = [
        { type: "REQUEST" as const, unit: "MINUTE" as const, threshold: requests },
        { type: "TOKEN" as const, unit: "MINUTE" as const, threshold: tokens },
      ];
      const models = [{ slug: "acme/llama", rate_limits }];
      return (await gateway.mintKey(await gateway.createGroup({ external_entity_id: name, models }))).api_key;
    };
    for (const key of [await limited("few", 1, 1000), await limited("short", 100, 5)]) {
      expect(await chat(gateway, key, { "x-emulator-usage": "10/9" })).toBe(200);
      expect(await chat(gateway, key)).toBe(429);
    }
    await expect(gateway).toHaveRefused({ limit: "REQUEST/MINUTE", group: "few" });
    await expect(gateway).not.toHaveRefused({ limit: "REQUEST/MINUTE", group: "short" });
    await expect(gateway).toHaveRefused({ limit: "TOKEN/MINUTE", group: "short" });
    await expect(gateway).not.toHaveRefused({ limit: "TOKEN/MINUTE", group: "few" });
  });

  test("what is no gateway is refused", async () => {
    expect(await messageOf(expect("http://127.0.0.1").toHaveServed())).toContain(
      "toHaveServed() is for what useGatewayEmulator()",
    );
  });
});
