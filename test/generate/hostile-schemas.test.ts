import { describe, expect, test } from "vitest";
import { generateValid } from "../../src/generate/valid.js";
import { createRandom } from "../../src/runtime/random.js";
import { SchemaWorkers } from "../../src/services/schema-workers.js";

const chain = (length: number, link: (next: object) => object): object => ({
  $ref: "#/$defs/a0",
  $defs: Object.fromEntries(
    Array.from({ length }, (_, at) => [
      `a${at}`,
      at + 1 === length ? { type: "string" } : link({ $ref: `#/$defs/a${at + 1}` }),
    ]),
  ),
});

function nested(depth: number): unknown {
  let schema: unknown = { type: "string" };
  for (let at = 0; at < depth; at++) schema = { type: "array", minItems: 1, items: schema };
  return schema;
}

const REFUSED: readonly [string, unknown, RegExp][] = [
  ["no schema at all", null, /must be an object or a boolean/],
  ["a list", [], /must be an object or a boolean/],
  ["false", false, /allows no value|false/],
  ["an unknown type", { type: "strnig" }, /strnig/],
  ["a keyword of the wrong type", { type: "object", required: "name" }, /required/],
  ["a schema that is none", { properties: { a: 3 } }, /must be an object or a boolean/],
  ["a pattern that is none", { type: "string", pattern: "(" }, /not a regular expression/],
  ["an unknown property of characters", { type: "string", pattern: "^\\p{Nope}$" }, /found no text/],
  ["a reference to nowhere", { $ref: "#/$defs/nope" }, /nope/],
  ["a reference to elsewhere", { $ref: "https://example.com/schema.json" }, /example\.com/],
  ["a reference to itself", { $ref: "#" }, /without end/],
  [
    "references in a circle",
    { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } },
    /refers to itself/,
  ],
  [
    "a value that never ends",
    { type: "object", properties: { self: { $ref: "#" } }, required: ["self"] },
    /nested deeper/,
  ],
  [
    "bounds that cross",
    { type: "object", properties: { a: { type: "integer", minimum: 5, maximum: 3 } }, required: ["a"] },
    /\/a: .*number/,
  ],
  ["lengths that cross", { type: "string", minLength: 5, maxLength: 3 }, /minLength/],
  ["types that exclude each other", { allOf: [{ type: "string" }, { type: "number" }] }, /no type/],
  ["values that exclude each other", { enum: ["a"], const: "b" }, /enum and const/],
  [
    "a required property that is forbidden",
    { type: "object", properties: { a: false }, required: ["a"] },
    /required and forbidden/,
  ],
  ["everything forbidden", { not: {} }, /not/],
  [
    "a set that is too large",
    { type: "array", items: { type: "boolean" }, uniqueItems: true, minItems: 3 },
    /different items/,
  ],
  ["a huge text", { type: "string", minLength: 1e9 }, /too large/],
  ["a huge array", { type: "array", minItems: 1e9 }, /too large/],
  ["a huge object", { type: "object", minProperties: 1e9 }, /too large|no value|properties/],
  ["a huge match", { type: "string", pattern: "^((a{1000}){1000}){1000}$" }, /too large/],
  [
    "a match that doubles",
    {
      type: "string",
      pattern: `^(?<a0>ab)${Array.from({ length: 40 }, (_, at) => `(?<a${at + 1}>\\k<a${at}>\\k<a${at}>)`).join("")}$`,
    },
    /too large/,
  ],
  [
    "objects that double",
    chain(40, (next) => ({ type: "object", properties: { a: next, b: next }, required: ["a", "b"] })),
    /too large/,
  ],
  ["nesting beyond the stack", nested(50_000), /nested too deeply/],
  ["a large schema", { anyOf: Array.from({ length: 300_000 }, () => ({})) }, /too large/],
];

const SERVED: readonly [string, unknown, unknown][] = [
  ["the same reference many times", chain(8, (next) => ({ allOf: [next, next] })), expect.any(String)],
  ["true", true, expect.anything()],
  ["the empty schema", {}, expect.anything()],
  [
    "the names of an object's own workings",
    JSON.parse(
      '{"type":"object","properties":{"__proto__":{"const":1}},"required":["__proto__","constructor","toString"]}',
    ),
    expect.toSatisfy((value: object) =>
      ["__proto__", "constructor", "toString"].every((name) => Object.hasOwn(value, name)),
    ),
  ],
  [
    "$async, which would make a validator answer with a promise",
    { $async: true, type: "boolean" },
    expect.any(Boolean),
  ],
  [
    "the $id of the draft itself",
    { $id: "http://json-schema.org/draft-07/schema", type: "boolean" },
    expect.any(Boolean),
  ],
  [
    "fields called like keywords",
    { type: "object", properties: { id: { const: 1 }, $schema: { const: 2 }, nullable: { const: 3 } } },
    { id: 1, $schema: 2, nullable: 3 },
  ],
  ["nesting to the limit", nested(90), expect.any(Array)],
];

describe("schemas nobody should send", () => {
  // Steps end all of these, not time, so that they end alike on every machine.
  const unhurried = { maxMilliseconds: 60_000 };

  test.each(REFUSED)("%s: a reason, not a crash", async (_, schema, reason) => {
    expect(await generateValid(schema, createRandom("hostile"), unhurried)).toEqual({
      ok: false,
      reason: expect.stringMatching(reason),
    });
  });

  test.each(SERVED)("%s: served all the same", async (_, schema, value) => {
    expect(await generateValid(schema, createRandom("odd"))).toEqual({ ok: true, value });
  });

  test.each([
    ["a pattern", { type: "string", pattern: "^(a+)+b(?<=c)$", minLength: 40 }],
    [
      "a pattern for names",
      {
        type: "object",
        propertyNames: { pattern: "^(a+)+b(?<=c)$" },
        minProperties: 1,
        properties: { [`${"a".repeat(40)}!`]: true },
      },
    ],
    ["a validator's way through conjunctions", chain(40, (next) => ({ allOf: [next, next] }))],
    ["a validator's way through alternatives", chain(40, (next) => ({ anyOf: [next, next] }))],
  ])("%s that takes forever is given up", async (_, endless) => {
    expect(await generateValid(endless, createRandom("slow"), { maxMilliseconds: 50 })).toEqual({
      ok: false,
      reason:
        "the schema cannot be used: it took longer than 50 ms; settings.generation_budget_ms allows more",
    });
  });

  test("an answer stays small, however deep and wide its schema", async () => {
    const generated = await generateValid(nested(90), createRandom("small"));
    expect(JSON.stringify(generated).length).toBeLessThan(20_000);
  });

  test("whatever the schema, the random source moves on alike (X-22)", async () => {
    const workers = new SchemaWorkers();
    const next = async (schema: unknown) => {
      const random = createRandom("moves");
      await workers.generate(schema, random, 500);
      return random.uint32();
    };
    expect(await next({ $ref: "#" })).toBe(await next({ type: "array", minItems: 50 }));
    expect(await next({ $ref: "#" })).toBe(await next({ type: "boolean" }));
    workers.close();
  });
});
