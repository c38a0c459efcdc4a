import { beforeAll, describe, expect, test } from "vitest";
import { startGatewayEmulator, VERSION } from "../../src/index.js";
import { call } from "../support/client.js";
import { ROUTES } from "../support/routes.js";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

interface Operation {
  readonly summary?: string;
  readonly operationId?: string;
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: JsonObject }[];
  readonly requestBody?: { content: Record<string, { schema: JsonObject }> };
  readonly responses: Record<
    string,
    { description: string; content?: Record<string, { schema: JsonObject }> }
  >;
}

interface Description {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, JsonObject>; securitySchemes: Record<string, JsonObject> };
  readonly security: readonly Record<string, readonly string[]>[];
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
let description: Description;
let byPath: string;
let bySpec: string;

beforeAll(async () => {
  await using gateway = await startGatewayEmulator();
  byPath = (await call(gateway, "GET", "/_emulator/openapi.json", { key: null })).text;
  bySpec = (await call(gateway, "GET", "/v1/spec", { key: null })).text;
  description = JSON.parse(byPath);
});

/** Every object inside a value, itself included. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const member of Object.values(value)) yield* objectsIn(member);
}

function operations() {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
}

describe("the description", () => {
  test("is the same on the real path, without a key", () => {
    expect(bySpec).toBe(byPath);
  });

  test("is OpenAPI 3.1 with a title and the package's version", () => {
    expect(description.openapi).toMatch(/^3\.1\.\d+$/);
    expect(description.info.title).not.toBe("");
    expect(description.info.version).toBe(VERSION);
  });

  test("has operations under known methods, each with described responses", () => {
    expect(operations().length).toBeGreaterThan(15);
    for (const { path, method, operation } of operations()) {
      expect(path).toMatch(/^\//);
      expect(METHODS).toContain(method);
      expect(Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status))).toBe(true);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(response.description).not.toBe("");
      }
    }
  });

  test("declares every path parameter, and no other", () => {
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  test("resolves every $ref, and uses every component", () => {
    const wanted = new Set<unknown>();
    for (const { $ref } of objectsIn(description)) if ($ref !== undefined) wanted.add($ref);
    const offered = Object.keys(description.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...wanted].sort()).toEqual(offered.sort());
    expect(byPath).not.toContain("$defs");
  });

  test("names only security schemes that exist", () => {
    const named = description.security.flatMap((one) => Object.keys(one));
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(description.components.securitySchemes).toHaveProperty(name);
  });

  test("gives every body and every answer a schema that is not empty", () => {
    for (const { operation } of operations()) {
      const contents = [operation.requestBody?.content, operation.responses["200"]?.content];
      for (const { schema } of contents.flatMap((content) => Object.values(content ?? {}))) {
        expect(Object.keys(schema).length).toBeGreaterThan(0);
      }
    }
  });

  test("describes the routes of the two APIs, and nothing else", () => {
    const routes = ROUTES.filter(({ surface, path }) => surface !== "control" && path !== "/v1/spec").map(
      ({ method, described }) => `${method} ${described}`,
    );
    // Some paths are routes of several hosts.
    const routed = [...new Set(routes)].sort();
    const described = operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(described.filter((one) => !one.includes("/_emulator/")).sort()).toEqual(routed);
  });
});
