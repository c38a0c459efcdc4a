import fc from "fast-check";

/** A JSON Schema as it comes from a request. */
export type TestSchema = Record<string, unknown>;

const FORMATS = ["date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid"];
/** Patterns with every construct that the generator knows. */
const PATTERNS = [
  "^[a-z]{3,8}$",
  "^\\d{3}-\\d{2}-\\d{4}$",
  "^(?:red|green|blue)(-\\w+)?$",
  "^[A-Z][a-z]+ [A-Z][a-z]+$",
  "^\\+?[1-9]\\d{1,14}$",
  "^#(?:[0-9a-fA-F]{3}){1,2}$",
  "^(?=.*\\d)[a-z\\d]{6,12}$",
  "^\\u0041\\x42[^\\s<>]{2,4}$",
  "^(ab|cd)\\1$",
  "v\\d+\\.\\d+",
  "^\\p{Lu}\\p{L}*$",
  "^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$",
];

const name = fc.constantFrom(
  "name",
  "email",
  "price",
  "tags",
  "createdAt",
  "id",
  "note",
  "x_1",
  "ünïcode",
  "a b",
);
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 5 });

function ordered(min: number, max: number): fc.Arbitrary<[number, number]> {
  return fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => (a <= b ? [a, b] : [b, a]));
}

const text: fc.Arbitrary<TestSchema> = fc.oneof(
  fc.constant({ type: "string" }),
  ordered(0, 40).map(([minLength, maxLength]) => ({ type: "string", minLength, maxLength })),
  fc.constantFrom(...FORMATS).map((format) => ({ type: "string", format })),
  fc.constantFrom(...PATTERNS).map((pattern) => ({ type: "string", pattern })),
  fc.constantFrom(...FORMATS).map((format) => ({ type: "string", format, description: "with words" })),
);

const number: fc.Arbitrary<TestSchema> = fc.oneof(
  fc.constantFrom({ type: "integer" }, { type: "number" }),
  ordered(-1000, 1000).map(([minimum, maximum]) => ({ type: "integer", minimum, maximum })),
  ordered(-100, 100).map(([low, high]) => ({
    type: "number",
    exclusiveMinimum: low,
    exclusiveMaximum: high + 1,
  })),
  fc
    .tuple(fc.constantFrom(0.01, 0.1, 0.25, 1, 3, 10), fc.integer({ min: -50, max: 50 }))
    .map(([multipleOf, minimum]) => ({ type: "number", multipleOf, minimum })),
  fc.tuple(fc.constantFrom(2, 5, 7), fc.integer({ min: 0, max: 9 })).map(([multipleOf, maximum]) => ({
    type: "integer",
    multipleOf,
    maximum,
  })),
);

const choice: fc.Arbitrary<TestSchema> = fc.oneof(
  fc
    .uniqueArray(fc.oneof(fc.string({ maxLength: 5 }), fc.integer(), fc.boolean(), fc.constant(null)), {
      minLength: 1,
      maxLength: 4,
    })
    .map((values) => ({ enum: values })),
  fc.jsonValue({ maxDepth: 2 }).map((value) => ({ const: value })),
  fc.constantFrom<TestSchema>(
    { type: "boolean" },
    { type: "null" },
    {},
    { type: ["string", "null"] },
    { type: ["integer", "boolean"] },
  ),
  fc.constantFrom<TestSchema>(
    { not: { type: "string" } },
    { type: "integer", minimum: 0, maximum: 3, not: { const: 1 } },
  ),
);

function objects(inner: fc.Arbitrary<TestSchema>): fc.Arbitrary<TestSchema> {
  const fields = names.chain((keys) =>
    fc.record({
      properties: fc
        .array(inner, { minLength: keys.length, maxLength: keys.length })
        .map((schemas) => Object.fromEntries(keys.map((key, at) => [key, schemas[at]]))),
      required: fc.subarray(keys),
    }),
  );
  const object = fields.map((parts) => ({ type: "object", ...parts }));
  return fc.oneof(
    object,
    object.map((schema) => ({ ...schema, additionalProperties: false })),
    fc
      .tuple(object, inner)
      .map(([schema, rest]) => ({ ...schema, additionalProperties: rest, minProperties: 6 })),
    fc
      .tuple(object, fc.integer({ min: 5, max: 7 }))
      .map(([schema, maxProperties]) => ({ ...schema, maxProperties })),
    inner.map((values) => ({ type: "object", additionalProperties: values })),
    inner.map((values) => ({
      type: "object",
      patternProperties: { "^x-[a-z]+$": values },
      additionalProperties: false,
      minProperties: 1,
    })),
    inner.map((values) => ({
      type: "object",
      propertyNames: { pattern: "^[a-z]{2,6}$" },
      additionalProperties: values,
      minProperties: 3,
      maxProperties: 4,
    })),
    object.map((schema) => ({ ...schema, dependentRequired: { name: ["note"], id: ["email"] } })),
  );
}

function arrays(inner: fc.Arbitrary<TestSchema>): fc.Arbitrary<TestSchema> {
  return fc.oneof(
    inner.map((items) => ({ type: "array", items })),
    fc
      .tuple(inner, ordered(0, 5))
      .map(([items, [minItems, maxItems]]) => ({ type: "array", items, minItems, maxItems })),
    fc
      .array(inner, { minLength: 1, maxLength: 3 })
      .map((prefixItems) => ({ type: "array", prefixItems, items: false })),
    fc
      .tuple(inner, inner)
      .map(([first, items]) => ({ type: "array", prefixItems: [first], items, minItems: 3 })),
    fc.tuple(text, fc.integer({ min: 0, max: 4 })).map(([, minItems]) => ({
      type: "array",
      items: { type: "string" },
      uniqueItems: true,
      minItems,
    })),
    fc.constant({ type: "array", items: { enum: ["a", "b", "c"] }, uniqueItems: true, minItems: 3 }),
    inner.map((items) => ({
      type: "array",
      items: { anyOf: [items, { const: "needle" }] },
      contains: { const: "needle" },
      minContains: 2,
    })),
  );
}

function combinations(inner: fc.Arbitrary<TestSchema>): fc.Arbitrary<TestSchema> {
  const tagged = fc.array(inner, { minLength: 2, maxLength: 4 }).map((bodies) =>
    bodies.map((body, at) => ({
      type: "object",
      properties: { kind: { const: `kind${at}` }, body },
      required: ["kind", "body"],
      additionalProperties: false,
    })),
  );
  return fc.oneof(
    fc.array(inner, { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    inner.map((schema) => ({ anyOf: [schema, { type: "null" }] })),
    tagged.map((oneOf) => ({ oneOf })),
    tagged.map((anyOf) => ({ type: "object", properties: { kind: { enum: ["kind1"] } }, anyOf })),
    fc.tuple(inner, inner).map(([a, b]) => ({
      allOf: [
        { type: "object", properties: { a }, required: ["a"] },
        { type: "object", properties: { b }, required: ["b"] },
      ],
    })),
    fc.constant({
      allOf: [{ type: "number", minimum: 5 }, { type: "integer", maximum: 9 }, { multipleOf: 2 }],
    }),
    fc.tuple(inner, inner).map(([a, b]) => ({
      type: "object",
      properties: { country: { enum: ["US", "CA"] } },
      required: ["country"],
      if: { properties: { country: { const: "US" } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: { properties: { zip: a }, required: ["zip"] },
      else: { properties: { postal: b }, required: ["postal"] },
    })),
    fc.tuple(inner, inner).map(([a, b]) => ({
      type: "object",
      properties: { a, b },
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
    })),
    fc.constant({ type: "string", nullable: true, maxLength: 9 }),
  );
}

const { schema } = fc.letrec<{ schema: TestSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthIdentifier: "schema" },
    fc.oneof(
      text,
      number,
      choice,
      fc.constantFrom("leaf", "node", "list").map((key) => ({ $ref: `#/$defs/${key}` })),
    ),
    objects(tie("schema")),
    arrays(tie("schema")),
    combinations(tie("schema")),
  ),
}));

/** A document around `body`, whose definitions use each other and themselves. */
export const arbitrarySchema: fc.Arbitrary<TestSchema> = fc
  .record({ body: schema, leaf: fc.oneof(text, number), payload: fc.oneof(text, number, choice) })
  .map(({ body, leaf, payload }) => ({
    ...body,
    $defs: {
      leaf,
      node: {
        type: "object",
        properties: { value: payload, children: { type: "array", items: { $ref: "#/$defs/node" } } },
        required: ["value", "children"],
        additionalProperties: false,
      },
      list: {
        type: "object",
        properties: {
          head: { $ref: "#/$defs/leaf" },
          tail: { anyOf: [{ $ref: "#/$defs/list" }, { type: "null" }] },
        },
        required: ["head", "tail"],
      },
    },
  }));
