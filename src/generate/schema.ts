/** Access to JSON Schemas that come from requests, so nothing about their form is guaranteed. */

import { GenerationFailure } from "./failure.js";

export type SchemaObject = Readonly<Record<string, unknown>>;
export type Schema = SchemaObject | boolean;

/** The JSON types. `integer` is not one: it is a number with a condition. */
export type JsonType = "null" | "boolean" | "number" | "string" | "array" | "object";
export const JSON_TYPES: readonly JsonType[] = ["null", "boolean", "number", "string", "array", "object"];

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws GenerationFailure (final) when `value` is not a schema */
export function asSchema(value: unknown): Schema {
  if (typeof value === "boolean" || isObject(value)) return value;
  throw new GenerationFailure("a schema must be an object or a boolean", { final: true });
}

/** The schemas in an array keyword such as `anyOf`; empty when the keyword is absent. */
export function schemaList(schema: SchemaObject, keyword: string): readonly Schema[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.map(asSchema) : [];
}

/** The schema in a keyword such as `not`; undefined when the keyword is absent. */
export function schemaAt(schema: SchemaObject, keyword: string): Schema | undefined {
  const value = schema[keyword];
  return value === undefined || Array.isArray(value) ? undefined : asSchema(value);
}

/** The schemas of the first items: in `prefixItems`, or up to draft 7 in a list in `items`. */
export function tupleOf(schema: SchemaObject): readonly Schema[] {
  return schemaList(schema, Array.isArray(schema.items) ? "items" : "prefixItems");
}

/** What a schema refers to. */
export function refsOf(schema: SchemaObject): readonly string[] {
  return [schema.$ref, schema.$dynamicRef].filter((ref) => typeof ref === "string");
}

/** The named schemas in a keyword such as `properties`. */
export function schemaEntries(schema: SchemaObject, keyword: string): [string, Schema][] {
  const map = schema[keyword];
  if (!isObject(map)) return [];
  return Object.entries(map).map(([name, value]) => [name, asSchema(value)]);
}

/** One named schema of a keyword such as `properties`. Safe for names such as `constructor`. */
export function schemaEntry(schema: SchemaObject, keyword: string, name: string): Schema | undefined {
  const map = schema[keyword];
  return isObject(map) && Object.hasOwn(map, name) ? asSchema(map[name]) : undefined;
}

export function numberAt(schema: SchemaObject, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function textAt(schema: SchemaObject, keyword: string): string | undefined {
  const value = schema[keyword];
  return typeof value === "string" ? value : undefined;
}

export function textsAt(schema: SchemaObject, keyword: string): readonly string[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

/** The names in `type`, whether one or several; undefined when the keyword is absent. */
export function typeNames(schema: SchemaObject): readonly string[] | undefined {
  const { type } = schema;
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? textsAt(schema, "type") : undefined;
}

export function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "boolean" || type === "number" || type === "string" ? type : "object";
}

/** A text that is equal for equal JSON values, whatever the order of their keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(",")}}`;
}

export function isSameJson(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && canonical(a) === canonical(b));
}

/** Length of a text as JSON Schema counts it: in code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A compiled pattern. */
export interface Pattern {
  /** Whether any part of a text matches. */
  test(text: string): boolean;
}

/** @throws GenerationFailure (final) when it is not a regular expression */
export type PatternCompiler = (pattern: string) => Pattern;

/**
 * Compiles a pattern: in Unicode mode if possible, otherwise without, because many published patterns escape more
 * characters than Unicode mode allows. The validator does the same.
 * @throws GenerationFailure (final) when it is not a regular expression
 */
export function compilePattern(pattern: string): RegExp {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(pattern, flags);
    } catch {}
  }
  throw new GenerationFailure(`${JSON.stringify(pattern)} is not a regular expression`, { final: true });
}
