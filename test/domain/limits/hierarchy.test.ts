import { expect, test } from "vitest";
import { cascadingConflict, MAX_LEVELS } from "../../../src/domain/limits/hierarchy.js";
import type { Group, Limit } from "../../../src/domain/model.js";
import { daily, group, model, rate, SLUG } from "./build.js";

const tokens = (threshold: number) => rate("TOKEN", "MINUTE", threshold);
const relative = (id: string, limit: Limit<"MINUTE" | "SECOND"> | Limit<"DAY">): Group =>
  group(id, "CASCADING", null, model(SLUG, limit));

test("G-5: a tree has at most five levels", () => {
  expect(MAX_LEVELS).toBe(5);
});

test("G-6: a child above any ancestor conflicts, and the conflict names both sides", () => {
  const ancestors = [relative("parent", daily("TOKEN", 5)), relative("root", tokens(100))];
  expect(cascadingConflict([model(SLUG, tokens(101))], ancestors, [])).toEqual({
    slug: SLUG,
    type: "TOKEN",
    unit: "MINUTE",
    threshold: 101,
    otherGroupId: "root",
    otherThreshold: 100,
  });
});

test("G-6: an ancestor lowered below its highest descendant conflicts", () => {
  const descendants = [relative("low", tokens(10)), relative("high", tokens(70))];
  expect(cascadingConflict([model(SLUG, tokens(69))], [], descendants)).toMatchObject({
    threshold: 69,
    otherGroupId: "high",
    otherThreshold: 70,
  });
});

test("G-6: equal thresholds are allowed on both sides", () => {
  const relatives = [relative("other", tokens(70))];
  expect(cascadingConflict([model(SLUG, tokens(70))], relatives, relatives)).toBeNull();
});

test("G-6: limits of another slug, type or unit never conflict", () => {
  const ancestors = [
    group(
      "root",
      "CASCADING",
      null,
      model(SLUG, tokens(1)),
      model("acme/other", rate("REQUEST", "MINUTE", 1)),
    ),
  ];
  const models = [
    model(SLUG, rate("REQUEST", "MINUTE", 9), rate("TOKEN", "SECOND", 9), daily("TOKEN", 9)),
    model("acme/other", tokens(9)),
  ];
  expect(cascadingConflict(models, ancestors, [])).toBeNull();
});

test("G-6: usage limits are held to the same rule", () => {
  const conflict = cascadingConflict(
    [model(SLUG, daily("REQUEST", 9))],
    [relative("root", daily("REQUEST", 8))],
    [],
  );
  expect(conflict).toMatchObject({ unit: "DAY", otherThreshold: 8 });
});
