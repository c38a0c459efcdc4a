import type { Budget } from "./failure.js";
import { isObject } from "./schema.js";

/** Keywords whose values are data, not schemas. */
const DATA = new Set(["const", "default", "dependentRequired", "enum", "example", "examples"]);
/** Keywords whose values are schemas by name. */
const NAMED = new Set([
  "$defs",
  "definitions",
  "dependencies",
  "dependentSchemas",
  "patternProperties",
  "properties",
]);

/**
 * Copies a schema into the form of draft 2020-12: OpenAPI's `nullable` becomes a type, draft 4's boolean
 * `exclusiveMinimum` and `exclusiveMaximum` become numbers. Removes `$schema` (the caller handles it), `$async` (it
 * would make validation asynchronous) and draft 4's `id` (no longer a keyword). Paths do not change, so every `$ref`
 * still leads to the same schema.
 */
export function normalizeSchema(schema: unknown, budget: Budget): unknown {
  budget.spend();
  if (Array.isArray(schema)) return schema.map((item) => normalizeSchema(item, budget));
  if (!isObject(schema)) return schema;
  const pairs = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (DATA.has(key)) return [key, value];
    return [key, NAMED.has(key) ? normalizeMap(value, budget) : normalizeSchema(value, budget)];
  });
  const copy: Record<string, unknown> = Object.fromEntries(pairs);
  if (copy.nullable === true && typeof copy.type === "string") copy.type = [copy.type, "null"];
  if (typeof copy.nullable === "boolean") delete copy.nullable;
  makeExclusive(copy, "minimum", "exclusiveMinimum");
  makeExclusive(copy, "maximum", "exclusiveMaximum");
  for (const key of ["$schema", "$async", "id"]) {
    // An object here is a schema with this name, in a map that is not a keyword.
    if (!isObject(copy[key])) delete copy[key];
  }
  return copy;
}

function normalizeMap(map: unknown, budget: Budget): unknown {
  if (!isObject(map)) return map;
  return Object.fromEntries(
    Object.entries(map).map(([name, schema]) => [name, normalizeSchema(schema, budget)]),
  );
}

function makeExclusive(schema: Record<string, unknown>, bound: string, exclusive: string): void {
  if (typeof schema[exclusive] !== "boolean") return;
  const isExclusive = schema[exclusive] && typeof schema[bound] === "number";
  delete schema[exclusive];
  if (!isExclusive) return;
  schema[exclusive] = schema[bound];
  delete schema[bound];
}
