import fc from "fast-check";
import { expect, test } from "vitest";
import { RollingWindow } from "../../../src/domain/limits/rolling-window.js";
import { NOON } from "./build.js";

test("A-6: 100 hits a second, the next one when the oldest is a second old", () => {
  const window = new RollingWindow(1_000, 100);
  const hits = Array.from({ length: 101 }, (_, index) => window.hit(NOON + Math.min(index, 50)));
  expect(hits.filter(Boolean)).toHaveLength(100);
  expect(window.hit(NOON + 999)).toBe(false);
  expect(window.roomAt(NOON + 999)).toBe(NOON + 1_000);
  expect(window.hit(NOON + 1_000)).toBe(true);
  expect(window.hit(NOON + 1_000)).toBe(false);
});

test("A-6: agrees with a plain list of hits", () => {
  const steps = fc.array(fc.oneof(fc.constantFrom(0, 1, 999, 1_000), fc.nat(400)), {
    maxLength: 60,
    size: "max",
  });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 8 }), (deltas, threshold) => {
      const window = new RollingWindow(1_000, threshold);
      const admitted: number[] = [];
      let now = NOON;
      for (const delta of deltas) {
        now += delta;
        const room = admitted.filter((at) => at > now - 1_000).length < threshold;
        expect(window.roomAt(now)).toBe(room ? now : (admitted.at(-threshold) ?? 0) + 1_000);
        expect(window.hit(now)).toBe(room);
        if (room) admitted.push(now);
      }
    }),
    { numRuns: 1_000 },
  );
});
