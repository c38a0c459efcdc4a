import { describe, expect, test } from "vitest";
import { chargeTokens, planFor } from "../../../src/domain/limits/admission.js";
import { usageOf } from "../../../src/domain/limits/usage.js";
import type { Group } from "../../../src/domain/model.js";
import { admit } from "./admit.js";
import { daily, group, MIDNIGHT, meterBook, model, NOON, rate, SLUG } from "./build.js";

const request = { promptTokens: 4, maxTokens: 4 };

/** One request of 12 tokens from the first group of the chain. */
function spend(chain: readonly Group[], meterOf: ReturnType<typeof meterBook>, at: number): void {
  const plan = planFor(chain, SLUG, meterOf);
  expect(admit(plan, at, request, "consumed").admitted).toBe(true);
  chargeTokens(plan.counters, at, 0, 12);
}

describe("INDEPENDENT", () => {
  const root = group("root", "INDEPENDENT", null, model(SLUG, daily("TOKEN", 500)));
  const self = group(
    "self",
    "INDEPENDENT",
    root,
    model("acme/free", rate("TOKEN", "MINUTE", 5)),
    model(SLUG, daily("REQUEST", 50), rate("REQUEST", "MINUTE", 5)),
  );

  test("U-1: only slugs with usage limits, inherited ones too, and no rate limits", () => {
    expect(usageOf([self, root], () => undefined, NOON)).toEqual([
      {
        slug: SLUG,
        entries: [
          { type: "REQUEST", unit: "DAY", threshold: 50, currentUsage: null, resetAt: null },
          { type: "TOKEN", unit: "DAY", threshold: 500, currentUsage: null, resetAt: null },
        ],
      },
    ]);
  });

  test("U-2: null, then the day's count and the next midnight, then 0", () => {
    const meterOf = meterBook();
    spend([self, root], meterOf, NOON);
    const entriesAt = (now: number) => usageOf([self, root], meterOf, now)[0]?.entries;
    expect(entriesAt(NOON)).toMatchObject([
      { type: "REQUEST", currentUsage: 1, resetAt: MIDNIGHT },
      { type: "TOKEN", currentUsage: 12, resetAt: MIDNIGHT },
    ]);
    expect(entriesAt(MIDNIGHT)).toMatchObject([
      { currentUsage: 0, resetAt: MIDNIGHT + 86_400_000 },
      { currentUsage: 0, resetAt: MIDNIGHT + 86_400_000 },
    ]);
    expect(usageOf([root], meterOf, NOON)[0]?.entries).toMatchObject([{ currentUsage: null }]);
  });
});

test("U-3: CASCADING shows the nearest group that declares the limit, with its subtree's count", () => {
  const root = group("root", "CASCADING", null, model(SLUG, daily("TOKEN", 900), daily("REQUEST", 90)));
  const middle = group("middle", "CASCADING", root, model(SLUG, daily("TOKEN", 500)));
  const one = group("one", "CASCADING", middle, model(SLUG));
  const two = group("two", "CASCADING", middle, model(SLUG));
  const meterOf = meterBook();
  spend([one, middle, root], meterOf, NOON);
  spend([two, middle, root], meterOf, NOON);
  spend([root], meterOf, NOON);
  expect(usageOf([one, middle, root], meterOf, NOON)).toEqual([
    {
      slug: SLUG,
      entries: [
        { type: "TOKEN", unit: "DAY", threshold: 500, currentUsage: 24, resetAt: MIDNIGHT },
        { type: "REQUEST", unit: "DAY", threshold: 90, currentUsage: 3, resetAt: MIDNIGHT },
      ],
    },
  ]);
});
