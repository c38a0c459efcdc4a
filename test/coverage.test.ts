import { describe, expect, test } from "vitest";
import { ERRORS } from "../src/domain/errors.js";
import { ERROR_TESTS, ROUTE_TESTS } from "./support/coverage.js";
import { ROUTES } from "./support/routes.js";
import { hasTest, unfounded } from "./support/test-titles.js";

const routes = ROUTES.map(({ surface, method, path }) => `${surface} ${method} ${path}`);
const codes = Object.keys(ERRORS);

/** What is in the first list and not in the second. */
function missing(wanted: readonly string[], present: readonly string[]): string[] {
  return wanted.filter((one) => !present.includes(one)).sort();
}

describe("routes", () => {
  test("none is registered twice", () => {
    expect(new Set(routes).size).toBe(routes.length);
  });

  test("every registered route has a row", () => {
    expect(missing(routes, Object.keys(ROUTE_TESTS))).toEqual([]);
  });

  test("every row is a registered route", () => {
    expect(missing(Object.keys(ROUTE_TESTS), routes)).toEqual([]);
  });

  test("every row names a test that is there", () => {
    expect(unfounded(ROUTE_TESTS)).toEqual([]);
  });
});

describe("errors", () => {
  test("every code of the catalogue has a row", () => {
    expect(missing(codes, Object.keys(ERROR_TESTS))).toEqual([]);
  });

  test("every row is a code of the catalogue", () => {
    expect(missing(Object.keys(ERROR_TESTS), codes)).toEqual([]);
  });

  test("every row names a test that is there", () => {
    expect(unfounded(ERROR_TESTS)).toEqual([]);
  });
});

describe("looking for a test by its title", () => {
  test.each([
    ['test("it\'s (here)", () => {});', true],
    ['it(\n    "it\'s (here)",\n    () => {});', true],
    ["test('it\\'s (here)', () => {});", true],
    ['test.skip("it\'s (here)", () => {});', false],
    ['test("it\'s (here) too", () => {});', false],
    ['test("so it\'s (here)", () => {});', false],
    ['describe("it\'s (here)", () => {});', false],
    ['const title = "it\'s (here)";', false],
  ])("in %j: %j", (text, found) => {
    expect(hasTest(text, "it's (here)")).toBe(found);
  });
});
