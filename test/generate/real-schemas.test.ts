import { describe, expect, test } from "vitest";
import { generateJson } from "../../src/generate/json-schema.js";
import { type GeneratedJson, generateValid } from "../../src/generate/valid.js";
import { createRandom } from "../../src/runtime/random.js";
import { complaints } from "./judge.js";
import { REAL_SCHEMAS } from "./real-schemas.js";

const made = (generated: GeneratedJson): unknown => {
  if (!generated.ok) throw new Error(generated.reason);
  return generated.value;
};

describe("schemas that people send (I-2)", () => {
  test.each(Object.entries(REAL_SCHEMAS))("%s", async (_, schema) => {
    for (let seed = 0; seed < 20; seed++) {
      const value = made(await generateValid(schema, createRandom(`seed ${seed}`)));
      // This judge cannot find the components of OpenAPI documents, nor reads booleans as bounds.
      if (!JSON.stringify(schema).includes("components")) expect(complaints(schema, value)).toEqual([]);
    }
  });

  test("OpenAPI: an exclusive bound is kept, a component is found", async () => {
    const schema = REAL_SCHEMAS["an OpenAPI 3.0 component"];
    for (let seed = 0; seed < 20; seed++) {
      const value = made(await generateValid(schema, createRandom(`seed ${seed}`)));
      expect(value).toMatchObject({ id: 10, owner: { email: expect.stringContaining("@") } });
      expect(value).toHaveProperty(
        "price",
        expect.toSatisfy((price) => price > 0),
      );
    }
  });

  test("draft 7: a tuple is a list in items", async () => {
    const schema = {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "array",
      items: [{ type: "string" }, { type: "integer" }],
      additionalItems: false,
    };
    const value = made(await generateValid(schema, createRandom("tuple")));
    expect(value).toEqual([expect.any(String), expect.any(Number)]);
    expect(complaints(schema, value, "7")).toEqual([]);
  });
});

describe("what the values look like", () => {
  const text = { type: "string" };
  const make = (schema: unknown) => generateJson(schema, createRandom("looks"));

  test("optional properties are there, in the order of the schema", () => {
    const schema = {
      type: "object",
      properties: { b: text, a: text, c: { type: ["string", "null"] } },
      required: ["c"],
    };
    expect(Object.entries(make(schema) ?? {})).toEqual([
      ["b", expect.any(String)],
      ["a", expect.any(String)],
      ["c", expect.any(String)],
    ]);
  });

  test("names of properties hint at the content", () => {
    const schema = {
      type: "object",
      properties: {
        customerEmail: text,
        shipping_city: text,
        birth_date: text,
        prices: { type: "array", items: { type: "number" } },
        homepage: text,
        description: text,
      },
    };
    expect(make(schema)).toEqual({
      customerEmail: expect.stringMatching(/^[a-z]+\.[a-z]+@example\.com$/),
      shipping_city: expect.stringMatching(/^\p{Lu}/u),
      birth_date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      prices: expect.toSatisfy((prices: number[]) => prices.every((price) => price >= 5 && price <= 500)),
      homepage: expect.stringMatching(/^https:\/\/example\.com\//),
      description: expect.stringMatching(/^[A-Z].*\.$/),
    });
  });

  test("the schema's examples and telling defaults are used when they are valid", () => {
    expect(make({ type: "string", examples: ["Ada"] })).toBe("Ada");
    expect(make({ type: "string", default: "metric" })).toBe("metric");
    expect(make({ type: "integer", examples: ["not a number"], maximum: 3, minimum: 3 })).toBe(3);
    expect(make({ type: "array", items: text, default: [] })).not.toEqual([]);
  });

  test("recursion ends after two levels", () => {
    const schema = {
      type: "object",
      properties: { name: text, children: { type: "array", items: { $ref: "#" } } },
      required: ["name", "children"],
    };
    const depth = (node: unknown): number => {
      const children = typeof node === "object" && node !== null && "children" in node ? node.children : [];
      return 1 + Math.max(0, ...(Array.isArray(children) ? children.map(depth) : []));
    };
    expect(depth(make(schema))).toBe(3);
  });

  test("what cannot stand together is left out", () => {
    const properties = { card: text, iban: text };
    const either = { type: "object", properties, oneOf: [{ required: ["card"] }, { required: ["iban"] }] };
    expect(Object.keys(make(either) ?? {})).toHaveLength(1);
    expect(make({ type: "object", properties, not: { required: ["iban"] } })).not.toHaveProperty("iban");
  });

  test("other seeds give other values", () => {
    const schema = { type: "object", properties: { name: text, city: text, id: text } };
    const values = Array.from({ length: 20 }, (_, seed) =>
      JSON.stringify(generateJson(schema, createRandom(`${seed}`))),
    );
    expect(new Set(values).size).toBeGreaterThan(15);
  });
});
