import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { call } from "../support/client.js";
import { chat, chatWith, group, perDay, perMinute, perSecond, SLUG, world } from "./support.js";

/** The headers that speak of rate limits. */
function limitHeaders({ headers }: { headers: Headers }): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => /^(retry-after|x-ratelimit-.*)$/.test(name)));
}

const start = (...limits: Parameters<typeof group>[1]) =>
  startGatewayEmulator({ seed: world([group("org", limits)], { settings: { rate_limit_headers: true } }) });

describe("L-13: rate limit headers", () => {
  it("are off by default, on admitted and refused requests", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("REQUEST", 1), perMinute("TOKEN", 99)])]),
    });
    expect(limitHeaders(await chat(gateway, "org"))).toEqual({});
    expect(limitHeaders(await chat(gateway, "org"))).toEqual({});
  });

  it("on: limit and what remains, this request taken off; Retry-After only with a refusal", async () => {
    await using gateway = await start(perMinute("REQUEST", 2), perMinute("TOKEN", 100));
    expect(limitHeaders(await chat(gateway, "org", { usage: "60/10" }))).toEqual({
      "x-ratelimit-limit-requests": "2",
      "x-ratelimit-remaining-requests": "1",
      "x-ratelimit-limit-tokens": "100",
      "x-ratelimit-remaining-tokens": "100",
    });
    await gateway.clock.advance("15s");
    const streamed = await chat(gateway, "org", { usage: "60/10", body: { stream: true } });
    expect(limitHeaders(streamed)).toMatchObject({
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-remaining-tokens": "30",
    });
    await gateway.clock.advance(1);
    expect(limitHeaders(await chat(gateway, "org"))).toEqual({
      "x-ratelimit-limit-requests": "2",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-limit-tokens": "100",
      "x-ratelimit-remaining-tokens": "0",
      "retry-after": "45",
    });
  });

  it("after Retry-After there is room, and never less than a second", async () => {
    await using gateway = await start(perSecond("REQUEST", 1));
    await chat(gateway, "org");
    await gateway.clock.advance(999);
    expect(limitHeaders(await chat(gateway, "org"))["retry-after"]).toBe("1");
    await gateway.clock.advance("1s");
    expect((await chat(gateway, "org")).status).toBe(200);
  });

  it("a spent day: Retry-After to midnight, and no x-ratelimit headers of usage limits", async () => {
    await using gateway = await start(perDay("REQUEST", 1));
    expect(limitHeaders(await chat(gateway, "org"))).toEqual({});
    expect(limitHeaders(await chat(gateway, "org"))).toEqual({ "retry-after": String(12 * 3_600) });
  });

  it("CASCADING: the limit with the least room speaks", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world(
        [
          group("org", [perMinute("REQUEST", 10)], {
            limit_enforcement: "CASCADING",
            usage: [{ slug: SLUG, type: "REQUEST", unit: "MINUTE", used: 8 }],
            groups: [group("team", [perMinute("REQUEST", 5)])],
          }),
        ],
        { settings: { rate_limit_headers: true } },
      ),
    });
    expect(limitHeaders(await chat(gateway, "team"))).toEqual({
      "x-ratelimit-limit-requests": "10",
      "x-ratelimit-remaining-requests": "1",
    });
  });

  it("CASCADING: of two limits with the same room the closer one speaks", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world(
        [
          group("org", [perMinute("REQUEST", 10)], {
            limit_enforcement: "CASCADING",
            usage: [{ slug: SLUG, type: "REQUEST", unit: "MINUTE", used: 5 }],
            groups: [group("team", [perMinute("REQUEST", 5)])],
          }),
        ],
        { settings: { rate_limit_headers: true } },
      ),
    });
    expect(limitHeaders(await chat(gateway, "team"))).toEqual({
      "x-ratelimit-limit-requests": "5",
      "x-ratelimit-remaining-requests": "4",
    });
  });

  it("a request that can never pass has no Retry-After (L-11)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("TOKEN", 9)])], {
        settings: { rate_limit_headers: true, token_admission: "prompt" },
      }),
    });
    expect(limitHeaders(await chat(gateway, "org"))).toEqual({
      "x-ratelimit-limit-tokens": "9",
      "x-ratelimit-remaining-tokens": "9",
    });
  });

  it("nothing without limits, for workspace keys, for other errors and on the management API", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [])], { settings: { rate_limit_headers: true } }),
    });
    for (const answer of [
      await chat(gateway, "org"),
      await chatWith(gateway, gateway.workspaceKey),
      await chat(gateway, "org", { slug: "acme/none" }),
      await call(gateway, "GET", "/v1/gateway/groups"),
    ]) {
      expect(limitHeaders(answer)).toEqual({});
    }
  });
});
