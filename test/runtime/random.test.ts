import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom, type Random } from "../../src/runtime/random.js";

/** One call of each kind, so that sequences can be compared across them. */
const CALLS: readonly ((random: Random) => unknown)[] = [
  (random) => random.uint32(),
  (random) => random.float(),
  (random) => random.int(62),
  (random) => random.hex(7),
  (random) => random.alphanumeric(8),
  (random) => random.uuid(),
];
const calls = fc.array(fc.nat(CALLS.length - 1), { minLength: 1, maxLength: 30 });

describe("a seeded random source (X-22)", () => {
  test("gives the same for the same seed and the same calls", () => {
    fc.assert(
      fc.property(fc.string(), calls, (seed, order) => {
        const run = () => {
          const random = createRandom(seed);
          return order.map((index) => CALLS[index]?.(random));
        };
        expect(run()).toEqual(run());
      }),
    );
  });

  test("gives something else for another seed", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        fc.pre(one !== other);
        expect(createRandom(one).hex(32)).not.toBe(createRandom(other).hex(32));
      }),
    );
  });

  test("sources do not disturb each other", () => {
    const alone = createRandom("a");
    const expected = [alone.uuid(), alone.uuid()];
    const one = createRandom("a");
    const other = createRandom("b");
    const first = one.uuid();
    other.uuid();
    expect([first, one.uuid()]).toEqual(expected);
  });

  test("keeps to its ranges", () => {
    const random = createRandom("ranges");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (bound) => {
        const word = random.uint32();
        expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true);
        const float = random.float();
        expect(float >= 0 && float < 1).toBe(true);
        const int = random.int(bound);
        expect(Number.isInteger(int) && int >= 0 && int < bound).toBe(true);
      }),
    );
  });

  test("gives texts of the asked length and alphabet", () => {
    const random = createRandom("texts");
    fc.assert(
      fc.property(fc.nat(100), (length) => {
        expect(random.hex(length)).toMatch(new RegExp(`^[0-9a-f]{${length}}$`));
        expect(random.alphanumeric(length)).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`));
      }),
    );
  });

  test("uuid() has the form of version 4, variant 1, and never comes twice", () => {
    const random = createRandom("uuid");
    const seen = new Set<string>();
    for (let count = 0; count < 10_000; count++) {
      const uuid = random.uuid();
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      seen.add(uuid);
    }
    expect(seen.size).toBe(10_000);
  });

  test("int() and alphanumeric() reach every value about equally often", () => {
    const random = createRandom("spread");
    const counts = new Map<string, number>();
    const draws = 62_000;
    for (const character of random.alphanumeric(draws)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    // 1000 expected each; five standard deviations are about 157. The seed is fixed, so this never flickers.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });
});
