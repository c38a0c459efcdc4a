import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { chat, decisionOf, group, groupOf, perDay, perMinute, perSecond, status, world } from "./support.js";

/** Unit and group of the limit that refused. */
async function boundBy(gateway: GatewayEmulator, name: string) {
  const refused = await chat(gateway, name);
  expect(refused.status).toBe(429);
  const decision = await decisionOf(gateway, refused);
  const bound = decision.limits.filter((limit: { bound: boolean }) => limit.bound);
  expect(bound).toHaveLength(1);
  const source = decision.chain.find(({ id }: { id: string }) => id === bound[0].source_group);
  return `${bound[0].type}/${bound[0].unit} of ${source.external_entity_id}`;
}

describe("L-12: the first limit hit decides", () => {
  it("rate limits before usage limits", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perDay("REQUEST", 1), perMinute("REQUEST", 1)])]),
    });
    await chat(gateway, "org");
    expect(await boundBy(gateway, "org")).toBe("REQUEST/MINUTE of org");
    await gateway.clock.advance("60s");
    expect(await boundBy(gateway, "org")).toBe("REQUEST/DAY of org");
  });

  it("CASCADING: self, then towards the root; every rate limit before any usage limit", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("root", [perMinute("REQUEST", 1), perDay("REQUEST", 1)], {
          limit_enforcement: "CASCADING",
          groups: [
            group("middle", [perMinute("REQUEST", 1)], {
              groups: [group("leaf", [perSecond("REQUEST", 1), perDay("REQUEST", 1)])],
            }),
          ],
        }),
      ]),
    });
    await chat(gateway, "leaf");
    expect(await boundBy(gateway, "leaf")).toBe("REQUEST/SECOND of leaf");
    await gateway.clock.advance("1s");
    expect(await boundBy(gateway, "leaf")).toBe("REQUEST/MINUTE of middle");
    expect(await boundBy(gateway, "root")).toBe("REQUEST/MINUTE of root");
    await gateway.clock.advance("59s");
    expect(await boundBy(gateway, "leaf")).toBe("REQUEST/DAY of leaf");
    expect(await boundBy(gateway, "middle")).toBe("REQUEST/DAY of root");
  });

  it("within a group, in the order in which it declares them", async () => {
    const limits = [perMinute("REQUEST", 1), perSecond("TOKEN", 1)];
    await using gateway = await startGatewayEmulator({
      seed: world([group("one", limits), group("two", limits.toReversed())]),
    });
    for (const name of ["one", "two"]) await chat(gateway, name);
    expect(await boundBy(gateway, "one")).toBe("REQUEST/MINUTE of one");
    expect(await boundBy(gateway, "two")).toBe("TOKEN/SECOND of two");
  });

  it("limits come before values, after key and slug (X-7)", async () => {
    await using gateway = await startGatewayEmulator({ seed: world([group("org", [perDay("REQUEST", 1)])]) });
    await chat(gateway, "org");
    expect(await status(gateway, "org", { body: { temperature: 3 } })).toBe(429);
    expect(await status(gateway, "org", { slug: "acme/none" })).toBe(404);
    expect(await status(gateway, "org", { body: { messages: 1 } })).toBe(400);
  });
});

describe("L-12, X-6: what a refusal looks like", () => {
  it("429, the body to the byte, JSON, and nothing of a rate limit in the headers (L-13)", async () => {
    await using gateway = await startGatewayEmulator({ seed: world([group("org", [perDay("REQUEST", 1)])]) });
    await chat(gateway, "org");
    for (const body of [{}, { stream: true }]) {
      const refused = await chat(gateway, "org", { body });
      expect(refused.status).toBe(429);
      expect(refused.text).toBe('{"error":"Too Many Requests"}\n');
      expect(refused.headers.get("content-type")).toBe("application/json");
      const names = [...refused.headers.keys()];
      expect(names.filter((name) => /retry-after|ratelimit/.test(name))).toEqual([]);
      expect(names.filter((name) => name.startsWith("x-baseten-"))).toEqual([]);
    }
  });

  it("the hint names the limit, its group, what was used, and when there is room again", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perMinute("TOKEN", 100)], {
          limit_enforcement: "CASCADING",
          groups: [group("team", [])],
        }),
      ]),
    });
    const { id } = await groupOf(gateway, "org");
    await chat(gateway, "org", { usage: "60/40" });
    await gateway.clock.advance("18500ms");
    const refused = await chat(gateway, "team");
    expect(refused.headers.get("x-emulator-hint")).toBe(
      `TOKEN/MINUTE of group org (${id}) for acme/llama: 100 of 100 used; room returns at 2026-06-17T12:01:00.000Z (in 41.5 s)`,
    );
    await gateway.clock.advance(41_499);
    expect(await status(gateway, "team")).toBe(429);
    await gateway.clock.advance(1);
    expect(await status(gateway, "team")).toBe(200);
  });

  it("the hint waits for every limit, not only for the one that decided", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("REQUEST", 1), perDay("REQUEST", 1)])]),
    });
    await chat(gateway, "org");
    const hint = (await chat(gateway, "org")).headers.get("x-emulator-hint");
    expect(hint).toMatch(/^REQUEST\/MINUTE of group org .*; room returns at 2026-06-18T00:00:00.000Z/);
  });

  it("the journal keeps the refusal with its code", async () => {
    await using gateway = await startGatewayEmulator({ seed: world([group("org", [perDay("REQUEST", 1)])]) });
    await chat(gateway, "org");
    await chat(gateway, "org");
    const refused = await gateway.requests({ path: "/v1/chat/completions", status: 429 });
    expect(refused).toMatchObject([{ error: "rate_limited", externalEntityId: "org", promptTokens: null }]);
  });
});

describe("X-6: settings.errors.rate_limited", () => {
  type Wanted = { body?: unknown; headers?: Record<string, string> };
  async function refusedBy(rate_limited: Wanted, more: { rate_limit_headers?: boolean } = {}) {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perDay("REQUEST", 1)])], {
        settings: { ...more, errors: { rate_limited } },
      }),
    });
    await chat(gateway, "org");
    return await chat(gateway, "org");
  }

  it("replaces the body: an object as JSON, a text as it stands", async () => {
    const object = await refusedBy({ body: { error: { type: "rate_limit_error", message: "slow down" } } });
    expect(object.status).toBe(429);
    expect(object.text).toBe('{"error":{"type":"rate_limit_error","message":"slow down"}}');
    expect((await refusedBy({ body: "slow down" })).text).toBe("slow down");
    expect((await refusedBy({ body: "" })).text).toBe("");
  });

  it("adds headers and can replace the content type", async () => {
    const refused = await refusedBy({
      body: "slow down",
      headers: { "Retry-After": "7", "Content-Type": "text/plain" },
    });
    expect(refused.headers.get("retry-after")).toBe("7");
    expect(refused.headers.get("content-type")).toBe("text/plain");
    expect(refused.headers.get("x-emulator-hint")).toContain("REQUEST/DAY");
  });

  it("a header's name is the same in any case: the seed's wins, once", async () => {
    const refused = await refusedBy(
      { headers: { "retry-after": "7", "content-type": "text/plain" } },
      { rate_limit_headers: true },
    );
    expect(refused.headers.get("content-type")).toBe("text/plain");
    expect(refused.headers.get("retry-after")).toBe("7");
  });

  it("headers alone leave the body as it is, newline included", async () => {
    const refused = await refusedBy({ headers: { "Retry-After": "7" } });
    expect(refused.text).toBe('{"error":"Too Many Requests"}\n');
  });
});
