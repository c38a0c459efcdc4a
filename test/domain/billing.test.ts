import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextStep, ROTATION_MS, signingSecrets } from "../../src/domain/billing-webhook.js";

const START = 1_000_000;
const afterStatus = (status: number) => nextStep({ kind: "answered", status }, 1, START, START);

describe("W-6: what an answer means", () => {
  test.each([
    [199, "retry"],
    [200, "delivered"],
    [299, "delivered"],
    [300, "retry"],
    [399, "retry"],
    [400, "dead"],
    [499, "dead"],
    [500, "retry"],
  ])("%d: %s", (status, kind) => {
    expect(afterStatus(status).kind).toBe(kind);
  });

  test.each(["timeout", "network"] as const)("a failure of kind %s is retried a second later", (kind) => {
    expect(nextStep({ kind }, 1, START, START + 10)).toEqual({ kind: "retry", at: START + 1_010 });
  });
});

describe("W-5: when the next attempt comes", () => {
  const dead = {
    kind: "dead",
    reason: "no attempt succeeded, and the next would begin more than 15 s after the first",
  };

  test.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 5_000],
    [5, 5_000],
    [9, 5_000],
  ])("after attempt %d: %d ms later", (attempts, backoff) => {
    expect(nextStep({ kind: "timeout" }, attempts, START, START)).toEqual({
      kind: "retry",
      at: START + backoff,
    });
  });

  test("at 15 s from the first attempt it is still made, a millisecond later it is not", () => {
    expect(nextStep({ kind: "timeout" }, 2, START, START + 13_000)).toEqual({
      kind: "retry",
      at: START + 15_000,
    });
    expect(nextStep({ kind: "timeout" }, 2, START, START + 13_001)).toEqual(dead);
  });

  test("whatever the attempts take, each begins within 15 s, and only the last could have had a successor", () => {
    const durations = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(durations, (takes) => {
        let [at, attempts] = [START, 0];
        for (const took of takes) {
          const next = nextStep({ kind: "timeout" }, ++attempts, START, at + took);
          const wanted = at + took + Math.min(1_000 * 2 ** (attempts - 1), 5_000);
          if (wanted > START + 15_000) {
            expect(next).toEqual(dead);
            return;
          }
          expect(next).toEqual({ kind: "retry", at: wanted });
          at = wanted;
        }
        throw new Error("it never ended");
      }),
    );
  });
});

describe("W-4: who signs", () => {
  const webhook = {
    url: "http://127.0.0.1/",
    secrets: [
      { secret: "new", until: null },
      { secret: "old", until: START + ROTATION_MS },
    ],
  };

  test("an old secret signs to the last millisecond of its 24 hours", () => {
    expect(ROTATION_MS).toBe(86_400_000);
    expect(signingSecrets(webhook, START + ROTATION_MS - 1)).toEqual(["new", "old"]);
    expect(signingSecrets(webhook, START + ROTATION_MS)).toEqual(["new"]);
  });
});
