import { describe, expect, test } from "vitest";
import { effectiveLimits, effectiveModels } from "../../../src/domain/limits/effective.js";
import { daily, group, model, rate, SLUG } from "./build.js";

const M = 1_000_000;

describe("INDEPENDENT", () => {
  const tier = (threshold: number) =>
    group("free-tier", "INDEPENDENT", null, model(SLUG, rate("TOKEN", "MINUTE", threshold)));

  test("L-7: john inherits free-tier's 100M, and its 150M once it is raised", () => {
    const john = group("john", "INDEPENDENT", tier(100 * M), model(SLUG));
    expect(effectiveLimits([john, tier(100 * M)], SLUG).rate).toEqual([
      { type: "TOKEN", unit: "MINUTE", threshold: 100 * M, sourceGroup: "free-tier" },
    ]);
    expect(effectiveLimits([john, tier(150 * M)], SLUG).rate).toEqual([
      { type: "TOKEN", unit: "MINUTE", threshold: 150 * M, sourceGroup: "free-tier" },
    ]);
  });

  test("L-7: sally's own 120M stands before free-tier's", () => {
    const parent = tier(100 * M);
    const sally = group("sally", "INDEPENDENT", parent, model(SLUG, rate("TOKEN", "MINUTE", 120 * M)));
    expect(effectiveLimits([sally, parent], SLUG).rate).toEqual([
      { type: "TOKEN", unit: "MINUTE", threshold: 120 * M, sourceGroup: "sally" },
    ]);
  });

  test("L-5: each (type, unit) is looked up on its own; own limits come first, then inherited ones", () => {
    const root = group(
      "root",
      "INDEPENDENT",
      null,
      model(SLUG, rate("REQUEST", "MINUTE", 9), rate("TOKEN", "MINUTE", 900), daily("TOKEN", 9_000)),
    );
    const middle = group("middle", "INDEPENDENT", root, model(SLUG, rate("REQUEST", "SECOND", 5)));
    const self = group("self", "INDEPENDENT", middle, model(SLUG, rate("TOKEN", "MINUTE", 700)));
    expect(effectiveLimits([self, middle, root], SLUG)).toEqual({
      rate: [
        { type: "TOKEN", unit: "MINUTE", threshold: 700, sourceGroup: "self" },
        { type: "REQUEST", unit: "SECOND", threshold: 5, sourceGroup: "middle" },
        { type: "REQUEST", unit: "MINUTE", threshold: 9, sourceGroup: "root" },
      ],
      usage: [{ type: "TOKEN", unit: "DAY", threshold: 9_000, sourceGroup: "root" }],
    });
  });

  test("L-5: a slug outside the group's own set has no limits, whatever its ancestors declare", () => {
    const parent = tier(100);
    const child = group("child", "INDEPENDENT", parent, model("acme/other"));
    expect(effectiveLimits([child, parent], SLUG)).toEqual({ rate: [], usage: [] });
  });
});

describe("CASCADING", () => {
  const root = group("root", "CASCADING", null, model(SLUG, rate("TOKEN", "MINUTE", 100), daily("TOKEN", 9)));
  const middle = group("middle", "CASCADING", root, model("acme/other"));
  const self = group("self", "CASCADING", middle, model(SLUG, rate("TOKEN", "MINUTE", 70)));

  test("L-6: every limit of self and each ancestor, self first", () => {
    expect(effectiveLimits([self, middle, root], SLUG)).toEqual({
      rate: [
        { type: "TOKEN", unit: "MINUTE", threshold: 70, sourceGroup: "self" },
        { type: "TOKEN", unit: "MINUTE", threshold: 100, sourceGroup: "root" },
      ],
      usage: [{ type: "TOKEN", unit: "DAY", threshold: 9, sourceGroup: "root" }],
    });
  });

  test("L-9: a slug that no ancestor lists has only the child's own limits", () => {
    expect(effectiveLimits([middle, root], "acme/other")).toEqual({ rate: [], usage: [] });
    const own = group("own", "CASCADING", root, model("acme/new", rate("REQUEST", "SECOND", 3)));
    expect(effectiveLimits([own, root], "acme/new").rate).toEqual([
      { type: "REQUEST", unit: "SECOND", threshold: 3, sourceGroup: "own" },
    ]);
  });
});

test("G-10: effective_models has one entry per slug of the group's own set, in its order", () => {
  const root = group(
    "root",
    "INDEPENDENT",
    null,
    model("a/1", daily("REQUEST", 4)),
    model("a/2"),
    model("a/3"),
  );
  const self = group("self", "INDEPENDENT", root, model("a/3"), model("a/1"));
  expect(effectiveModels([self, root])).toEqual([
    { slug: "a/3", rate: [], usage: [] },
    {
      slug: "a/1",
      rate: [],
      usage: [{ type: "REQUEST", unit: "DAY", threshold: 4, sourceGroup: "root" }],
    },
  ]);
});
