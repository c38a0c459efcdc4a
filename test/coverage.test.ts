import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ERRORS } from "../src/domain/errors.js";
import { ROUTES } from "../src/http/app.js";
import { describedOperations } from "../src/schemas/openapi.js";
import { ERROR_TESTS, ROUTE_TESTS, type Shown } from "./support/coverage.js";

const routes = ROUTES.map(({ surface, method, path }) => `${surface} ${method} ${path}`);
const codes = Object.keys(ERRORS);

/** What is in the first list and not in the second. */
function missing(wanted: readonly string[], present: readonly string[]): string[] {
  return wanted.filter((one) => !present.includes(one)).sort();
}

/** Whether the file has a running test of this title; `test.skip` and `test.todo` are none. */
function hasTest(text: string, title: string): boolean {
  const quoted = [JSON.stringify(title), `'${title.replaceAll("'", "\\'")}'`].map((literal) =>
    literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
  );
  return new RegExp(`\\b(?:test|it)\\(\\s*(?:${quoted.join("|")})\\s*,`).test(text);
}

/** The rows whose test is not there. */
function unfounded(table: Readonly<Record<string, Shown>>): string[] {
  return Object.entries(table)
    .filter(([, { file, test }]) => {
      const path = fileURLToPath(new URL(file, import.meta.url));
      return !existsSync(path) || !hasTest(readFileSync(path, "utf8"), test);
    })
    .map(([what, { file, test }]) => `${what}: no test "${test}" in test/${file}`);
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

describe("the description", () => {
  const described = describedOperations().map(({ method, path }) => `${method} ${path}`);
  const describable = ROUTES.filter(({ surface, path }) => surface !== "control" && path !== "/v1/spec").map(
    ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(?:\{[^}]+\})?/g, "{$1}")}`,
  );

  test("describes every route of the two APIs but its own", () => {
    expect(missing(describable, described)).toEqual([]);
  });

  test("describes nothing that is not routed", () => {
    const control = ROUTES.filter(({ surface }) => surface === "control").map(
      ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(?:\{[^}]+\})?/g, "{$1}")}`,
    );
    expect(missing(described, [...describable, ...control])).toEqual([]);
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
