import { expect, test } from "vitest";
import { generateValid } from "../../src/generate/valid.js";
import { createRandom } from "../../src/runtime/random.js";
import { complaints } from "./judge.js";

const text = { type: "string" };

/** Keywords that other tests do not meet, each in a schema that is wrong without it. */
const SCHEMAS: Readonly<Record<string, object>> = {
  "a pointer with escapes": { $ref: "#/$defs/a~1b%20~0c", $defs: { "a/b ~c": { const: "found" } } },
  "a pointer into a list": {
    type: "array",
    prefixItems: [{ const: 1 }, { $ref: "#/prefixItems/0" }],
    minItems: 2,
  },
  $anchor: { $ref: "#here", $defs: { there: { $anchor: "here", const: "found" } } },
  "$id of a part": {
    $ref: "urn:example:part",
    $defs: { part: { $id: "urn:example:part", type: "integer", minimum: 7, maximum: 7 } },
  },
  "keywords beside $ref": {
    $ref: "#/$defs/low",
    maximum: 5,
    $defs: { low: { type: "integer", minimum: 5 } },
  },
  "a recursion through allOf": {
    type: "object",
    properties: { next: { allOf: [{ $ref: "#" }, { required: ["last"] }] }, last: { type: "boolean" } },
  },
  "properties from two parts": {
    allOf: [
      { properties: { a: { type: "integer" } }, required: ["a"] },
      { properties: { a: { minimum: 3, maximum: 3 } }, additionalProperties: false },
    ],
    type: "object",
  },
  unevaluatedProperties: {
    allOf: [{ type: "object", properties: { a: text } }],
    properties: { b: text },
    required: ["b"],
    unevaluatedProperties: false,
  },
  dependentSchemas: {
    type: "object",
    properties: { card: text },
    dependentSchemas: { card: { properties: { address: text }, required: ["address"] } },
  },
  "a dependency that cannot be met": {
    type: "object",
    properties: { card: text, address: false },
    dependentRequired: { card: ["address"] },
  },
  maxContains: {
    type: "array",
    items: { type: "integer", minimum: 0, maximum: 9 },
    contains: { minimum: 5 },
    minContains: 2,
    maxContains: 2,
    minItems: 5,
  },
  "patterns for names and values": {
    type: "object",
    patternProperties: { "^n_": { type: "integer" }, _x$: { minimum: 3, maximum: 3 } },
    required: ["n_a_x"],
    additionalProperties: false,
  },
  "names from a list": { type: "object", propertyNames: { enum: ["a", "b", "c"] }, minProperties: 3 },
  "two multiples": {
    type: "number",
    multipleOf: 0.4,
    allOf: [{ multipleOf: 0.6 }],
    minimum: 1,
    maximum: 1.3,
  },
  "a sliver of numbers": { type: "number", exclusiveMinimum: 1, exclusiveMaximum: 1.000001 },
  "a format in a length": { type: "string", format: "email", minLength: 90, maxLength: 95 },
  "a short address": { type: "string", format: "uri", maxLength: 12 },
  "a format and a pattern": { type: "string", format: "date", pattern: "^202[56]-" },
  "characters, not code units": { type: "string", pattern: "^😀+$", minLength: 3, maxLength: 3 },
  "an unknown format": { type: "string", format: "shoe-size", maxLength: 4 },
  else: {
    type: "object",
    properties: { age: { type: "integer", minimum: 0, maximum: 17 }, guardian: text },
    required: ["age"],
    if: { properties: { age: { minimum: 18 } } },
    else: { required: ["guardian"] },
  },
};

test.each(Object.entries(SCHEMAS))("%s", async (_, schema) => {
  for (let seed = 0; seed < 20; seed++) {
    const generated = await generateValid(schema, createRandom(`${seed}`));
    expect(generated).toMatchObject({ ok: true });
    expect(complaints(schema, generated.ok ? generated.value : undefined)).toEqual([]);
  }
});
