import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, group, perDay, perMinute, setLimits, status, usageOf, world } from "./support.js";

/** The message that `chat` sends has 10 prompt tokens. */
const PROMPT = 10;

type Mode = "consumed" | "prompt" | "reserve";
const start = (mode: Mode | undefined, threshold: number) =>
  startGatewayEmulator({
    seed: world(
      [group("org", [perMinute("TOKEN", threshold), perDay("TOKEN", 1_000_000)])],
      mode === undefined ? {} : { settings: { token_admission: mode } },
    ),
  });

describe("L-11: REQUEST", () => {
  it.each(["consumed", "prompt", "reserve"] as const)("%s: as many as the threshold says", async (mode) => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("REQUEST", 2)])], { settings: { token_admission: mode } }),
    });
    expect([
      await status(gateway, "org"),
      await status(gateway, "org"),
      await status(gateway, "org"),
    ]).toEqual([200, 200, 429]);
  });
});

describe("L-11: TOKEN, consumed (the default)", () => {
  it.each([undefined, "consumed"] as const)(
    "%s: the request that crosses the line completes and is counted in full; the next is refused",
    async (mode) => {
      await using gateway = await start(mode, 100);
      const wide = { usage: "4000/5000", body: { max_tokens: 200_000 } };
      expect(await status(gateway, "org", { usage: "50/49" })).toBe(200);
      expect(await status(gateway, "org", wide)).toBe(200);
      expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 9_099 }]);
      expect(await status(gateway, "org", { usage: "0/0" })).toBe(429);
    },
  );

  it("exactly at the threshold there is no room; one below there is", async () => {
    await using gateway = await start(undefined, 100);
    expect(await status(gateway, "org", { usage: "99/0" })).toBe(200);
    expect(await status(gateway, "org", { usage: "0/1" })).toBe(200);
    expect(await status(gateway, "org", { usage: "0/0" })).toBe(429);
  });

  it("a request of no tokens passes and takes nothing", async () => {
    await using gateway = await start(undefined, 1);
    for (const _ of [1, 2, 3]) expect(await status(gateway, "org", { usage: "0/0" })).toBe(200);
    expect([await status(gateway, "org", { usage: "1/0" }), await status(gateway, "org")]).toEqual([
      200, 429,
    ]);
  });
});

describe("L-11: TOKEN, prompt", () => {
  it("the prompt must fit as well; the completion need not", async () => {
    await using gateway = await start("prompt", 100);
    expect(await status(gateway, "org", { usage: `${100 - PROMPT}/0` })).toBe(200);
    expect(await status(gateway, "org", { usage: "1/500", body: { max_tokens: 9_999 } })).toBe(200);
    expect(await status(gateway, "org", { usage: "0/0" })).toBe(429);
  });

  it("one token short of the prompt is refused, though something is left", async () => {
    await using gateway = await start("prompt", 100);
    expect(await status(gateway, "org", { usage: `${100 - PROMPT + 1}/0` })).toBe(200);
    const refused = await chat(gateway, "org");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-emulator-hint")).toContain("91 of 100 used, 10 more asked for");
    await gateway.clock.advance("60s");
    expect(await status(gateway, "org")).toBe(200);
  });

  it("a prompt larger than the threshold never fits, and the hint says so", async () => {
    await using gateway = await start("prompt", PROMPT - 1);
    const refused = await chat(gateway, "org");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-emulator-hint")).toContain("never fits");
    await setLimits(gateway, "org", perMinute("TOKEN", PROMPT));
    expect(await status(gateway, "org")).toBe(200);
  });
});

describe("L-11: TOKEN, reserve", () => {
  it("prompt plus max_tokens must fit on arrival", async () => {
    await using gateway = await start("reserve", 100);
    const upTo = (max_tokens: number) => status(gateway, "org", { usage: "0/0", body: { max_tokens } });
    expect(await upTo(100 - PROMPT + 1)).toBe(429);
    expect(await upTo(100 - PROMPT)).toBe(200);
  });

  it("the reservation is settled at the end: only what was really used stays counted", async () => {
    await using gateway = await start("reserve", 100);
    const body = { max_tokens: 100 - PROMPT };
    for (const _ of [1, 2, 3]) expect(await status(gateway, "org", { usage: "0/0", body })).toBe(200);
    expect(await status(gateway, "org", { usage: "20/10", body })).toBe(200);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 30 }]);
    expect(await status(gateway, "org", { body: { max_tokens: 61 } })).toBe(429);
    expect(await status(gateway, "org", { usage: "10/60", body: { max_tokens: 60 } })).toBe(200);
    expect(await status(gateway, "org", { body: { max_tokens: 1 } })).toBe(429);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 100 }]);
  });

  it("an absent max_tokens reserves the default of 4096; max_completion_tokens counts like it", async () => {
    await using gateway = await start("reserve", PROMPT + 4_096);
    expect(await status(gateway, "org", { usage: "1/0" })).toBe(200);
    expect(await status(gateway, "org", { usage: "1/0" })).toBe(429);
    expect(await status(gateway, "org", { body: { max_completion_tokens: 4_095 } })).toBe(200);
  });

  it("a refused value reserves nothing (L-4)", async () => {
    await using gateway = await start("reserve", 100);
    expect(await status(gateway, "org", { body: { temperature: 3, max_tokens: 50 } })).toBe(400);
    expect(await status(gateway, "org", { body: { max_tokens: 100 - PROMPT }, usage: "0/0" })).toBe(200);
  });
});
