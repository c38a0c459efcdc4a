import fc from "fast-check";
import { expect, test } from "vitest";
import { generateJson } from "../../src/generate/json-schema.js";
import { generateValid } from "../../src/generate/valid.js";
import { createRandom } from "../../src/runtime/random.js";
import { arbitrarySchema } from "./arbitrary-schema.js";
import { complaints } from "./judge.js";

const RUNS = 1_000;

test("a value for any of 1,000 schemas satisfies an independent validator (I-2)", async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySchema, fc.string(), async (schema, seed) => {
      const generated = await generateValid(schema, createRandom(seed));
      expect(generated).toMatchObject({ ok: true });
      if (generated.ok) expect(complaints(schema, generated.value)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
}, 180_000);

test("the generator is right by itself, before the full validator looks", () => {
  fc.assert(
    fc.property(arbitrarySchema, fc.string(), (schema, seed) => {
      expect(complaints(schema, generateJson(schema, createRandom(seed)))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
}, 180_000);

test("the same schema and the same random sequence give the same value (X-22)", async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySchema, fc.string(), async (schema, seed) => {
      const [first, second] = [createRandom(seed), createRandom(seed)];
      expect(await generateValid(schema, first)).toEqual(await generateValid(schema, second));
      expect(generateJson(schema, first)).toEqual(generateJson(schema, second));
    }),
    { numRuns: 100 },
  );
}, 60_000);

/** `JSON.parse` reads the -0 of a schema's `const`, but JSON is never written with one. Everything else has to be equal. */
function withPlainZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlainZeros);
  if (typeof value !== "object" || value === null) return value === 0 ? 0 : value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withPlainZeros(item)]));
}

test("a value is JSON: it survives being written and read", () => {
  fc.assert(
    fc.property(arbitrarySchema, (schema) => {
      const value = generateJson(schema, createRandom("json"));
      expect(JSON.parse(JSON.stringify(value))).toEqual(withPlainZeros(value));
    }),
    { numRuns: 200 },
  );
}, 60_000);
