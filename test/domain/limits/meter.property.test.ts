import fc from "fast-check";
import { expect, test } from "vitest";
import { Meter } from "../../../src/domain/limits/meter.js";
import { nextMidnight } from "../../../src/domain/limits/time.js";
import type { LimitType } from "../../../src/domain/model.js";
import { NOON } from "./build.js";
import { SlowMeter } from "./reference.js";

const UNITS = ["SECOND", "MINUTE", "DAY"] as const;
const TYPES: readonly LimitType[] = ["REQUEST", "TOKEN"];

type Step =
  | { readonly do: "admit"; readonly tokens: number }
  /** Books tokens on the request so many requests ago, or so many milliseconds after it, now at the latest. */
  | { readonly do: "charge"; readonly back: number; readonly after: number; readonly tokens: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "midnight"; readonly off: number }
  | { readonly do: "restore" };

const wait = fc.oneof(fc.constantFrom(0, 1, 2, 999, 1_000, 1_001, 59_999, 60_000, 60_001), fc.nat(20_000));

const after = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3), fc.nat(2_000));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("admit" as const), tokens: fc.nat(9) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("charge" as const), back: fc.nat(12), after, tokens: fc.nat(30) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: wait }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("midnight" as const), off: fc.constantFrom(-1, 0, 1) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restore" as const) }) },
);

/** Runs the steps on both meters and compares all that they can be asked, after every one `every`-th step. */
function compare(steps: readonly Step[], every: number): void {
  const slow = new SlowMeter();
  let fast = new Meter();
  let now = NOON;
  const admitted: number[] = [];
  for (const [index, current] of steps.entries()) {
    switch (current.do) {
      case "admit":
        fast.admit(now, current.tokens);
        slow.book(now, 1, current.tokens);
        admitted.push(now);
        break;
      case "charge": {
        const request = admitted.at(-1 - current.back);
        if (request === undefined) break;
        const at = Math.min(request + current.after, now);
        fast.charge(at, current.tokens);
        slow.book(at, 0, current.tokens);
        break;
      }
      case "wait":
        now += current.ms;
        break;
      case "midnight":
        now = Math.max(now, nextMidnight(now) + current.off);
        break;
      case "restore":
        fast = Meter.restore(slow.state(now));
    }
    if (index % every === 0) expect(answers(fast, now)).toEqual(answers(slow, now));
  }
}

function answers(meter: Meter | SlowMeter, now: number): unknown {
  return TYPES.map((type) => [
    meter.dayUsage(type, now),
    ...UNITS.map((unit) => meter.used(type, unit, now)),
  ]);
}

test("L-3, L-15, U-2: a meter agrees with a plain list of everything it was told", {
  timeout: 120_000,
}, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => compare(steps, 1)),
    { numRuns: 10_000 },
  );
});

test("L-3: long histories, as the buckets wrap around and grow", () => {
  const steps = fc.array(step, { minLength: 400, maxLength: 800, size: "max" });
  fc.assert(
    fc.property(steps, (list) => compare(list, 7)),
    { numRuns: 60, endOnFailure: true },
  );
});

test("L-3: room opens at the first of all instants at which something becomes free", () => {
  const traffic = fc.array(fc.record({ ms: wait, tokens: fc.nat(9), back: fc.nat(3) }), {
    maxLength: 15,
    size: "max",
  });
  fc.assert(
    fc.property(
      traffic,
      fc.constantFrom(...TYPES),
      fc.constantFrom(...UNITS),
      fc.nat(25),
      (list, type, unit, limit) => {
        const slow = new SlowMeter();
        const fast = new Meter();
        let now = NOON;
        const admitted: number[] = [];
        for (const { ms, tokens, back } of list) {
          now += ms;
          admitted.push(now);
          fast.admit(now);
          slow.book(now, 1, 0);
          const at = admitted.at(-1 - back) ?? now;
          fast.charge(at, tokens);
          slow.book(at, 0, tokens);
        }
        const room = slow.moments(now).find((moment) => slow.used(type, unit, moment) < limit);
        expect(fast.roomAt(type, unit, limit, now)).toBe(room ?? null);
      },
    ),
    { numRuns: 5_000 },
  );
});
