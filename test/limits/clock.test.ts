import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { call } from "../support/client.js";
import { group, NOON, perDay, perMinute, perSecond, status, world } from "./support.js";

const FROZEN = world([group("org", [perSecond("REQUEST", 1), perMinute("TOKEN", 30), perDay("REQUEST", 3)])]);
const { clock: _frozen, ...RUNNING } = FROZEN;

const clock = (gateway: GatewayEmulator) => call(gateway, "GET", "/_emulator/clock", { key: null });
const change = (gateway: GatewayEmulator, body: unknown) =>
  call(gateway, "POST", "/_emulator/clock", { key: null, body });
const advance = (gateway: GatewayEmulator, body: unknown) =>
  call(gateway, "POST", "/_emulator/clock/advance", { key: null, body });

describe("GET and POST /_emulator/clock", () => {
  it("a seed's clock stands still where the seed says", async () => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    const { status, body } = await clock(gateway);
    expect([status, body]).toEqual([
      200,
      { now: "2026-06-17T12:00:00.000Z", mode: "frozen", frozen: true, offset_ms: null },
    ]);
    expect((await clock(gateway)).headers.get("date")).toBe("Wed, 17 Jun 2026 12:00:00 GMT");
  });

  it("without one it is the machine's time, until it is moved or frozen", async () => {
    await using gateway = await startGatewayEmulator({ seed: RUNNING });
    const before = Date.now();
    const { body } = await clock(gateway);
    expect(body).toMatchObject({ mode: "real", frozen: false, offset_ms: 0 });
    expect(Date.parse(body.now)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(body.now)).toBeLessThanOrEqual(Date.now());

    const moved = await advance(gateway, { by: "1h" });
    expect(Date.parse(moved.body.now)).toBeGreaterThanOrEqual(before + 3_600_000);
    expect((await clock(gateway)).body).toMatchObject({ mode: "running", frozen: false });
    const frozen = await change(gateway, { freeze: true });
    expect(frozen.body).toMatchObject({ mode: "frozen", frozen: true, offset_ms: null, fired: [] });
    expect((await clock(gateway)).body.now).toBe(frozen.body.now);
  });

  it("set jumps to a time, in the mode it was in", async () => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    const answer = await change(gateway, { set: "2026-06-18T02:00:00+02:00" });
    expect([answer.status, answer.body]).toEqual([
      200,
      { now: "2026-06-18T00:00:00.000Z", mode: "frozen", frozen: true, offset_ms: null, fired: [] },
    ]);
  });

  it("real goes back to the machine's time from a past one, and not from a future one", async () => {
    await using past = await startGatewayEmulator({ seed: { ...FROZEN, clock: "2020-01-01T00:00:00Z" } });
    expect((await change(past, { real: true })).body).toMatchObject({ mode: "real", offset_ms: 0 });
    await using future = await startGatewayEmulator({ seed: { ...FROZEN, clock: "2999-01-01T00:00:00Z" } });
    const refused = await change(future, { real: true });
    expect(refused.status).toBe(400);
    expect(refused.body.message).toMatch(/^real: The clock is at 2999-01-01.* cannot go back/);
    expect((await clock(future)).body.mode).toBe("frozen");
  });
});

describe("POST /_emulator/clock/advance", () => {
  it.each<[body: object, now: string]>([
    [{ by: "61s" }, "2026-06-17T12:01:01.000Z"],
    [{ by: 61_000 }, "2026-06-17T12:01:01.000Z"],
    [{ by: "250ms" }, "2026-06-17T12:00:00.250Z"],
    [{ by: "2m" }, "2026-06-17T12:02:00.000Z"],
    [{ by: "1.5h" }, "2026-06-17T13:30:00.000Z"],
    [{ by: 0 }, "2026-06-17T12:00:00.000Z"],
    [{ to: NOON }, "2026-06-17T12:00:00.000Z"],
    [{ to: "2026-06-18T00:00:00Z" }, "2026-06-18T00:00:00.000Z"],
    [{ to: "2026-06-18T00:00:00.5+01:00" }, "2026-06-17T23:00:00.500Z"],
    [{ to: "next_midnight" }, "2026-06-18T00:00:00.000Z"],
    [{ to: "next_window" }, "2026-06-17T12:00:01.000Z"],
  ])("%j", async (body, now) => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    const answer = await advance(gateway, body);
    expect([answer.status, answer.body]).toEqual([200, { now, fired: [] }]);
    expect((await clock(gateway)).body.now).toBe(now);
  });

  it("next_window: every rolling window is empty then, and not a millisecond before (Y-14)", async () => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    expect(await status(gateway, "org")).toBe(200);
    await gateway.clock.advance("20s");
    expect(await status(gateway, "org")).toBe(200);
    await gateway.clock.advance("5s");
    const answer = await advance(gateway, { to: "next_window" });
    expect(answer.body.now).toBe("2026-06-17T12:01:20.000Z");
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
  });

  it("next_midnight: the day is new; at midnight, the next one", async () => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    for (const _ of [1, 2, 3]) {
      expect(await status(gateway, "org")).toBe(200);
      await advance(gateway, { to: "next_window" });
    }
    expect(await status(gateway, "org")).toBe(429);
    expect((await advance(gateway, { to: "next_midnight" })).body.now).toBe("2026-06-18T00:00:00.000Z");
    expect(await status(gateway, "org")).toBe(200);
    expect((await advance(gateway, { to: "next_midnight" })).body.now).toBe("2026-06-19T00:00:00.000Z");
  });

  it("several at once add up", async () => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    await Promise.all([1, 2, 3].map(() => advance(gateway, { by: "10s" })));
    expect((await clock(gateway)).body.now).toBe("2026-06-17T12:00:30.000Z");
    await Promise.all(["1s", "2s", "3s"].map((by) => gateway.clock.advance(by)));
    expect((await clock(gateway)).body.now).toBe("2026-06-17T12:00:36.000Z");
  });

  it("by nothing at all is never backwards, in running time either", async () => {
    await using gateway = await startGatewayEmulator({ seed: RUNNING });
    await Promise.all(Array.from({ length: 20 }, () => gateway.clock.advance(0)));
    expect((await clock(gateway)).body.mode).toBe("running");
  });
});

describe("what the clock refuses, with 400 and the reason", () => {
  it.each<[body: object, message: RegExp]>([
    [{ to: "2026-06-17T11:59:59.999Z" }, /^to: The clock is at 2026-06-17T12:00:00.000Z and cannot go back/],
    [{ by: -1 }, /^by: expected milliseconds/],
    [{ by: "-1s" }, /^by: expected milliseconds/],
    [{ by: 1.5 }, /^by: expected milliseconds/],
    [{ by: "soon" }, /^by: expected milliseconds/],
    [{ by: "1 fortnight" }, /^by: expected milliseconds/],
    [{ by: "" }, /^by: expected milliseconds/],
    [{ by: 1e300 }, /./],
    [{ by: "999999999999d" }, /^by: expected milliseconds .*at most 36500d/],
    [{ by: null }, /expected \{"by":"61s"\}/],
    [{ by: "1s", to: "next_window" }, /expected \{"by":"61s"\}/],
    [{}, /expected \{"by":"61s"\}/],
    [{ to: "tomorrow" }, /^to: expected an ISO 8601 time/],
    [{ to: "2026-06-18" }, /^to: expected an ISO 8601 time/],
    [{ to: "2026-13-45T00:00:00Z" }, /^to: expected an ISO 8601 time/],
    [{ to: "2026-02-30T00:00:00Z" }, /^to: /],
    [{ to: "2026-06-18T00:00:00" }, /^to: expected an ISO 8601 time/],
    [{ to: "+275760-09-13T00:00:00Z" }, /^to: /],
  ])("advance %j", async (body, message) => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    const answer = await advance(gateway, body);
    expect([answer.status, answer.body.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(answer.body.message).toMatch(message);
    expect((await clock(gateway)).body.now).toBe("2026-06-17T12:00:00.000Z");
  });

  it.each<[body: unknown, message: RegExp]>([
    [{ set: "2026-06-17T11:00:00Z" }, /^set: The clock is at .* cannot go back to 2026-06-17T11:00:00.000Z/],
    [{ set: "noon" }, /^set: expected an ISO 8601 time/],
    [{ freeze: false }, /expected \{"freeze":true\}/],
    [{ freeze: true, real: true }, /expected \{"freeze":true\}/],
    [{}, /expected \{"freeze":true\}/],
    ["{", /not valid JSON/],
    ["[]", /expected \{"freeze":true\}/],
  ])("clock %j", async (body, message) => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    const answer = await change(gateway, body);
    expect([answer.status, answer.body.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(answer.body.message).toMatch(message);
    expect((await clock(gateway)).body).toMatchObject({ now: "2026-06-17T12:00:00.000Z", mode: "frozen" });
  });
});

describe("gateway.clock, the same in process", () => {
  it("read, advance, set, freeze", async () => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    expect(await gateway.clock.advance("61s")).toEqual([]);
    expect((await gateway.clock.read()).now).toBe("2026-06-17T12:01:01.000Z");
    await gateway.clock.advance(999);
    await gateway.clock.advance({ by: "1s" });
    expect((await gateway.clock.read()).now).toBe("2026-06-17T12:01:02.999Z");
    await gateway.clock.advance({ to: "next_midnight" });
    expect((await gateway.clock.read()).now).toBe("2026-06-18T00:00:00.000Z");
    await gateway.clock.set("2026-07-01T00:00:00Z");
    await gateway.clock.freeze();
    expect(await gateway.clock.read()).toMatchObject({ now: "2026-07-01T00:00:00.000Z", frozen: true });
  });

  it("refuses with the same reasons", async () => {
    await using gateway = await startGatewayEmulator({ seed: FROZEN });
    await expect(gateway.clock.advance("soon")).rejects.toThrow(/^by: expected milliseconds/);
    await expect(gateway.clock.set("2020-01-01T00:00:00Z")).rejects.toThrow("cannot go back");
    await expect(gateway.clock.advance({ to: "2020-01-01T00:00:00Z" })).rejects.toThrow("cannot go back");
  });
});
