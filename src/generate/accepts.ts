import { type Budget, GenerationFailure } from "./failure.js";
import type { Resolver } from "./resolve.js";
import {
  canonical,
  codePoints,
  isObject,
  isSameJson,
  numberAt,
  type Pattern,
  type PatternCompiler,
  refsOf,
  type Schema,
  type SchemaObject,
  schemaAt,
  schemaEntries,
  schemaEntry,
  schemaList,
  textsAt,
  tupleOf,
  typeNames,
  typeOf,
} from "./schema.js";

/** Schemas nested deeper than this refer to themselves. */
const MAX_DEPTH = 400;

/**
 * Checks values during generation (`oneOf`, `not`, `if`, examples). It leaves formats and `unevaluated*` to the full
 * validator, which checks the finished value.
 */
export class Acceptance {
  readonly #resolver: Resolver;
  readonly #budget: Budget;
  readonly #patterns = new Map<string, Pattern>();

  readonly #compile: PatternCompiler;

  constructor(resolver: Resolver, budget: Budget, compile: PatternCompiler) {
    this.#compile = compile;
    this.#resolver = resolver;
    this.#budget = budget;
  }

  /** @throws GenerationFailure (final) when the schema is unusable or out of budget */
  accepts(schema: Schema, value: unknown, depth = 0): boolean {
    this.#budget.spend();
    if (typeof schema === "boolean") return schema;
    if (depth > MAX_DEPTH) {
      throw new GenerationFailure("the schema refers to itself without end", { final: true });
    }
    if ("const" in schema && !isSameJson(schema.const, value)) return false;
    if (Array.isArray(schema.enum) && !schema.enum.some((item) => isSameJson(item, value))) return false;
    const types = typeNames(schema);
    if (types && !types.some((type) => isOfType(value, type))) return false;
    return this.#partAccepts(schema, value, depth + 1) && this.#combinationAccepts(schema, value, depth + 1);
  }

  /** Whether any part of a text matches a pattern. */
  matches(pattern: string, text: string): boolean {
    let compiled = this.#patterns.get(pattern);
    if (!compiled) {
      compiled = this.#compile(pattern);
      this.#patterns.set(pattern, compiled);
    }
    return compiled.test(text);
  }

  #combinationAccepts(schema: SchemaObject, value: unknown, depth: number): boolean {
    const accepts = (part: Schema) => this.accepts(part, value, depth);
    if (!refsOf(schema).every((ref) => accepts(this.#resolver.resolve(ref)))) return false;
    if (!schemaList(schema, "allOf").every(accepts)) return false;
    const anyOf = schemaList(schema, "anyOf");
    if (anyOf.length > 0 && !anyOf.some(accepts)) return false;
    const oneOf = schemaList(schema, "oneOf");
    if (oneOf.length > 0 && oneOf.filter(accepts).length !== 1) return false;
    const not = schemaAt(schema, "not");
    if (not !== undefined && accepts(not)) return false;
    const condition = schemaAt(schema, "if");
    if (condition === undefined) return true;
    return accepts(schemaAt(schema, accepts(condition) ? "then" : "else") ?? true);
  }

  #partAccepts(schema: SchemaObject, value: unknown, depth: number): boolean {
    if (typeof value === "number") return numberAccepts(schema, value);
    if (typeof value === "string") {
      const { pattern } = schema;
      const length = codePoints(value);
      return (
        isWithin(schema, "minLength", "maxLength", length) &&
        (typeof pattern !== "string" || this.matches(pattern, value))
      );
    }
    if (Array.isArray(value)) return this.#arrayAccepts(schema, value, depth);
    return !isObject(value) || this.#objectAccepts(schema, value, depth);
  }

  #arrayAccepts(schema: SchemaObject, value: readonly unknown[], depth: number): boolean {
    if (!isWithin(schema, "minItems", "maxItems", value.length)) return false;
    if (schema.uniqueItems === true && new Set(value.map(canonical)).size < value.length) return false;
    const contains = schemaAt(schema, "contains");
    if (contains !== undefined) {
      const count = value.filter((item) => this.accepts(contains, item, depth)).length;
      if (!isWithin({ minContains: 1, ...schema }, "minContains", "maxContains", count)) return false;
    }
    return value.every((item, at) => this.accepts(itemSchema(schema, at) ?? true, item, depth));
  }

  #objectAccepts(schema: SchemaObject, value: Readonly<Record<string, unknown>>, depth: number): boolean {
    const names = Object.keys(value);
    const has = (name: string) => Object.hasOwn(value, name);
    if (!isWithin(schema, "minProperties", "maxProperties", names.length)) return false;
    if (!textsAt(schema, "required").every(has)) return false;
    const nameSchema = schemaAt(schema, "propertyNames");
    if (nameSchema !== undefined && !names.every((name) => this.accepts(nameSchema, name, depth)))
      return false;
    for (const [name, part] of dependencies(schema)) {
      if (has(name) && !this.accepts(part, value, depth)) return false;
    }
    return names.every((name) =>
      this.propertySchemas(schema, name).every((part) => this.accepts(part, value[name], depth)),
    );
  }

  /** The schemas that one schema object has for the property `name`. */
  propertySchemas(schema: SchemaObject, name: string): Schema[] {
    const known = schemaEntry(schema, "properties", name);
    const found: Schema[] = known === undefined ? [] : [known];
    for (const [pattern, part] of schemaEntries(schema, "patternProperties")) {
      if (this.matches(pattern, name)) found.push(part);
    }
    const other = schemaAt(schema, "additionalProperties");
    if (found.length === 0 && other !== undefined) found.push(other);
    return found;
  }
}

/** The schema that one schema object has for the item at `index`: from `prefixItems` (draft 7: `items`), else the rest. */
export function itemSchema(schema: SchemaObject, index: number): Schema | undefined {
  return (
    tupleOf(schema)[index] ?? schemaAt(schema, Array.isArray(schema.items) ? "additionalItems" : "items")
  );
}

/**
 * `dependentRequired`, `dependentSchemas` and draft 7's `dependencies` as pairs: if the object has the named property,
 * it must satisfy the schema.
 */
export function dependencies(schema: SchemaObject): [string, Schema][] {
  const found: [string, Schema][] = schemaEntries(schema, "dependentSchemas");
  for (const keyword of ["dependentRequired", "dependencies"]) {
    const map = schema[keyword];
    if (!isObject(map)) continue;
    for (const [name, part] of Object.entries(map)) {
      if (Array.isArray(part)) found.push([name, { required: part }]);
      else if (isObject(part) || typeof part === "boolean") found.push([name, part]);
    }
  }
  return found;
}

/** Decimal places to which a quotient must be whole: 1.2 / 0.4 is 2.9999999999999996. */
export const MULTIPLE_PRECISION = 9;

/** Whether `value` is a multiple of `factor`, within floating-point precision. */
export function isMultipleOf(value: number, factor: number): boolean {
  const quotient = value / factor;
  return Math.abs(Math.round(quotient) - quotient) <= 10 ** -MULTIPLE_PRECISION;
}

function numberAccepts(schema: SchemaObject, value: number): boolean {
  const { exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  return (
    isWithin(schema, "minimum", "maximum", value) &&
    !(typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) &&
    !(typeof exclusiveMaximum === "number" && value >= exclusiveMaximum) &&
    !(typeof multipleOf === "number" && !isMultipleOf(value, multipleOf))
  );
}

function isWithin(schema: SchemaObject, low: string, high: string, value: number): boolean {
  return value >= (numberAt(schema, low) ?? -Infinity) && value <= (numberAt(schema, high) ?? Infinity);
}

function isOfType(value: unknown, type: string): boolean {
  return type === "integer" ? Number.isInteger(value) : typeOf(value) === type;
}
