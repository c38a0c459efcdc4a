import { describe, expect, test } from "vitest";
import { Meter } from "../../../src/domain/limits/meter.js";
import { dayOf } from "../../../src/domain/limits/time.js";
import { MIDNIGHT, NOON } from "./build.js";

describe("rolling windows", () => {
  test("L-3: a request counts until just before 1 s and 60 s, and is free at exactly that instant", () => {
    const meter = new Meter();
    meter.admit(NOON);
    expect(meter.used("REQUEST", "SECOND", NOON)).toBe(1);
    expect(meter.used("REQUEST", "SECOND", NOON + 999)).toBe(1);
    expect(meter.used("REQUEST", "SECOND", NOON + 1_000)).toBe(0);
    expect(meter.used("REQUEST", "MINUTE", NOON + 59_999)).toBe(1);
    expect(meter.used("REQUEST", "MINUTE", NOON + 60_000)).toBe(0);
  });

  test("L-3: tokens of a stream that ends late count from the admission of their request", () => {
    const meter = new Meter();
    meter.admit(NOON);
    meter.admit(NOON + 10);
    expect(meter.used("TOKEN", "SECOND", NOON + 1_000)).toBe(0);
    meter.charge(NOON, 40);
    expect(meter.used("TOKEN", "SECOND", NOON + 1_000)).toBe(0);
    expect(meter.used("TOKEN", "MINUTE", NOON + 59_999)).toBe(40);
    expect(meter.used("TOKEN", "MINUTE", NOON + 60_000)).toBe(0);
    meter.charge(NOON, 40);
    expect(meter.used("TOKEN", "MINUTE", NOON + 60_000)).toBe(0);
    expect(meter.used("TOKEN", "DAY", NOON + 60_000)).toBe(80);
  });

  test("L-3: room opens when enough of the oldest requests have left the window", () => {
    const meter = new Meter();
    for (const at of [0, 5, 5, 20]) meter.admit(NOON + at);
    const now = NOON + 100;
    expect(meter.roomAt("REQUEST", "MINUTE", 5, now)).toBe(now);
    expect(meter.roomAt("REQUEST", "MINUTE", 4, now)).toBe(NOON + 60_000);
    expect(meter.roomAt("REQUEST", "MINUTE", 3, now)).toBe(NOON + 60_005);
    expect(meter.roomAt("REQUEST", "SECOND", 1, now)).toBe(NOON + 1_020);
    expect(meter.roomAt("REQUEST", "SECOND", 0, now)).toBeNull();
  });

  test("an instant before the latest one seen counts as the latest", () => {
    const meter = new Meter();
    meter.admit(NOON);
    meter.admit(NOON - 3);
    expect(meter.used("REQUEST", "MINUTE", NOON + 59_999)).toBe(2);
    expect(meter.used("REQUEST", "MINUTE", NOON + 60_000)).toBe(0);
  });

  test("one request in every millisecond for three minutes: always the last 60,000", () => {
    const meter = new Meter();
    for (let ms = 0; ms < 180_000; ms += 1) meter.admit(NOON + ms, 2);
    const now = NOON + 179_999;
    expect(meter.used("REQUEST", "SECOND", now)).toBe(1_000);
    expect(meter.used("TOKEN", "MINUTE", now)).toBe(120_000);
    meter.charge(now - 59_999, 7);
    expect(meter.used("TOKEN", "MINUTE", now)).toBe(120_007);
    expect(meter.roomAt("TOKEN", "MINUTE", 120_000, now)).toBe(now + 1);
    expect(meter.used("TOKEN", "MINUTE", now + 1)).toBe(119_998);
  });
});

describe("the UTC day", () => {
  test("U-2: the count is null until the first request lands ever, and 0 after midnight", () => {
    const meter = new Meter();
    expect(meter.dayUsage("REQUEST", MIDNIGHT - 2)).toBeNull();
    meter.admit(MIDNIGHT - 1);
    expect(meter.dayUsage("REQUEST", MIDNIGHT - 1)).toBe(1);
    expect(meter.dayUsage("TOKEN", MIDNIGHT - 1)).toBe(0);
    expect(meter.dayUsage("REQUEST", MIDNIGHT)).toBe(0);
    meter.admit(MIDNIGHT);
    expect(meter.dayUsage("REQUEST", MIDNIGHT)).toBe(1);
  });

  test("L-3: tokens of a request admitted before midnight do not reach the new day", () => {
    const meter = new Meter();
    meter.admit(MIDNIGHT - 1);
    meter.admit(MIDNIGHT);
    meter.charge(MIDNIGHT - 1, 30);
    expect(meter.used("TOKEN", "DAY", MIDNIGHT)).toBe(0);
    expect(meter.used("TOKEN", "MINUTE", MIDNIGHT)).toBe(30);
  });

  test("L-3: a full day has room at the next midnight", () => {
    const meter = new Meter();
    meter.admit(NOON, 10);
    expect(meter.roomAt("TOKEN", "DAY", 11, NOON + 1)).toBe(NOON + 1);
    expect(meter.roomAt("TOKEN", "DAY", 10, NOON + 1)).toBe(MIDNIGHT);
    expect(meter.roomAt("TOKEN", "DAY", 0, NOON + 1)).toBeNull();
  });
});

describe("L-15: a meter restored from storage", () => {
  const meter = Meter.restore({
    buckets: [
      { at: NOON, requests: 2, tokens: 20 },
      { at: NOON + 30_000, requests: 1, tokens: 5 },
    ],
    lastDay: { day: dayOf(NOON), requests: 8, tokens: 90 },
  });

  test("goes on with its windows and its day", () => {
    expect(meter.used("TOKEN", "MINUTE", NOON + 59_999)).toBe(25);
    expect(meter.used("REQUEST", "MINUTE", NOON + 60_000)).toBe(1);
    expect(meter.dayUsage("REQUEST", NOON + 60_000)).toBe(8);
  });

  test("U-2: knows whether a request ever landed", () => {
    expect(Meter.restore({ buckets: [], lastDay: null }).dayUsage("TOKEN", NOON)).toBeNull();
    const yesterday = { day: dayOf(NOON) - 1, requests: 3, tokens: 4 };
    expect(Meter.restore({ buckets: [], lastDay: yesterday }).dayUsage("TOKEN", NOON)).toBe(0);
  });
});
