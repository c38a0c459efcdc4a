import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { group, perDay, perMinute, perSecond, status, world } from "./support.js";

const only = (limit: Parameters<typeof group>[1][number], clock?: string) =>
  startGatewayEmulator({ seed: world([group("org", [limit])], clock === undefined ? {} : { clock }) });

/** Moves on by so many milliseconds and asks. */
async function after(gateway: GatewayEmulator, ms: number, usage = "1/0"): Promise<number> {
  await gateway.clock.advance(ms);
  return status(gateway, "org", { usage });
}

describe("L-3: rolling windows", () => {
  it.each([
    ["MINUTE", 60_000, perMinute("REQUEST", 1)],
    ["SECOND", 1_000, perSecond("REQUEST", 1)],
    ["MINUTE for tokens", 60_000, perMinute("TOKEN", 1)],
    ["SECOND for tokens", 1_000, perSecond("TOKEN", 1)],
  ])(
    "%s: admitted at t, refused until just before t + %d, free at exactly that instant",
    async (_n, ms, limit) => {
      await using gateway = await only(limit);
      expect(await after(gateway, 0)).toBe(200);
      expect(await after(gateway, 0)).toBe(429);
      expect(await after(gateway, 1)).toBe(429);
      expect(await after(gateway, ms - 2)).toBe(429);
      expect(await after(gateway, 1)).toBe(200);
      expect(await after(gateway, ms - 1)).toBe(429);
      expect(await after(gateway, 1)).toBe(200);
    },
  );

  it("rolls: what was spent comes free one by one, not at the full minute", async () => {
    await using gateway = await only(perMinute("REQUEST", 3), "2026-06-17T12:00:30Z");
    expect([await after(gateway, 0), await after(gateway, 10_000), await after(gateway, 10_000)]).toEqual([
      200, 200, 200,
    ]);
    expect(await after(gateway, 10_000)).toBe(429); // 12:01:00, a full minute
    expect(await after(gateway, 30_000)).toBe(200); // the first one is 60 s old
    expect(await after(gateway, 0)).toBe(429);
    expect(await after(gateway, 10_000)).toBe(200); // the second one
    expect(await after(gateway, 9_999)).toBe(429);
    expect(await after(gateway, 1)).toBe(200); // the third one
  });

  it("tokens come free in the portions in which they were spent", async () => {
    await using gateway = await only(perMinute("TOKEN", 100));
    expect([await after(gateway, 0, "20/10"), await after(gateway, 20_000, "40/30")]).toEqual([200, 200]);
    expect(await after(gateway, 39_999)).toBe(429);
    expect(await after(gateway, 1, "29/0")).toBe(200); // 70 left over, so 30 fit
    expect(await after(gateway, 0, "1/0")).toBe(200);
    expect(await after(gateway, 0)).toBe(429);
    expect(await after(gateway, 20_000)).toBe(200);
  });

  it("a window does not end at midnight", async () => {
    await using gateway = await only(perMinute("REQUEST", 1), "2026-06-17T23:59:59Z");
    expect(await after(gateway, 0)).toBe(200);
    expect(await after(gateway, 1_000)).toBe(429);
    expect(await after(gateway, 58_999)).toBe(429);
    expect(await after(gateway, 1)).toBe(200);
  });

  it("real time counts the same way: the second request of this minute is refused", async () => {
    const { clock: _frozen, ...running } = world([group("org", [perMinute("REQUEST", 1)])]);
    await using gateway = await startGatewayEmulator({ seed: running });
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    expect(await after(gateway, 60_000)).toBe(200);
  });
});

describe("L-3: the UTC day", () => {
  it.each([
    ["requests", perDay("REQUEST", 1)],
    ["tokens", perDay("TOKEN", 1)],
  ])("%s: refused in the day's last millisecond, free at midnight", async (_name, limit) => {
    await using gateway = await only(limit, "2026-06-17T00:00:00Z");
    expect(await after(gateway, 0)).toBe(200);
    expect(await after(gateway, 86_399_999)).toBe(429);
    expect(await after(gateway, 1)).toBe(200);
    expect(await after(gateway, 0)).toBe(429);
  });

  it("spent in the last millisecond, it is free one millisecond later", async () => {
    await using gateway = await only(perDay("REQUEST", 1), "2026-06-17T23:59:59.999Z");
    expect([await after(gateway, 0), await after(gateway, 0), await after(gateway, 1)]).toEqual([
      200, 429, 200,
    ]);
  });

  it("the day is UTC's, also when the seed names another offset", async () => {
    await using gateway = await only(perDay("REQUEST", 1), "2026-06-17T23:30:00-02:00"); // 01:30 UTC
    expect(await after(gateway, 0)).toBe(200);
    expect(await after(gateway, 30 * 60_000)).toBe(429);
    await gateway.clock.advance({ to: "2026-06-19T00:00:00Z" });
    expect(await after(gateway, 0)).toBe(200);
  });
});

describe("L-3: what a seed declares as used stands for its own unit", () => {
  const limits = { SECOND: perSecond("TOKEN", 5), MINUTE: perMinute("TOKEN", 5), DAY: perDay("TOKEN", 5) };

  it.each([
    ["DAY", { SECOND: 200, MINUTE: 200, DAY: 429 }],
    ["MINUTE", { SECOND: 200, MINUTE: 429, DAY: 200 }],
    ["SECOND", { SECOND: 429, MINUTE: 429, DAY: 200 }],
  ] as const)("used up in the %s: %j", async (unit, expected) => {
    const usage = [{ slug: "acme/llama", type: "TOKEN" as const, unit, used: 5 }];
    const entries = Object.entries(limits);
    await using gateway = await startGatewayEmulator({
      seed: world(entries.map(([name, limit]) => group(name, [limit], { usage }))),
    });
    const answers: [string, number][] = [];
    for (const [name] of entries) answers.push([name, await status(gateway, name)]);
    expect(Object.fromEntries(answers)).toEqual(expected);
  });
});
