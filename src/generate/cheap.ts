import { isObject } from "./schema.js";

/** Values in an answer to a cheap schema, at most: about a millisecond of work. */
const MAX_VALUES = 300;
/** The longest text that a cheap schema demands, and the longest list of names or values in it. */
const MAX_LENGTH = 100;
/** Items in a generated array, at most, unless the schema demands more. */
const USUAL_ITEMS = 3;

/** Keywords that describe, or bound a number: the work is the same, whatever they say. */
const FREE = new Set([
  "$schema",
  "title",
  "description",
  "type",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "maxItems",
  "maxLength",
]);

/**
 * Whether a value for a schema is certainly found at once: a small tree of plain types. Anything else may be slow:
 * references, combinations, patterns, sets, examples, and given values that must fit a format.
 */
export function isCheap(schema: unknown): boolean {
  let left = MAX_VALUES;
  /** How many values the answer may have. */
  const size = (node: unknown): number => {
    left -= 1;
    if (left < 0 || !isObject(node) || !Object.entries(node).every(([key, value]) => isPlain(key, value))) {
      return Number.POSITIVE_INFINITY;
    }
    if ("format" in node && ("enum" in node || "const" in node)) return Number.POSITIVE_INFINITY;
    const { properties, items, minItems, required } = node;
    let total = 1 + (Array.isArray(required) ? required.length : 0);
    if (isObject(properties)) for (const part of Object.values(properties)) total += size(part);
    const length = Math.max(USUAL_ITEMS, Number(minItems ?? 0));
    return total + length * (items === undefined ? 1 : size(items));
  };
  return size(schema) <= MAX_VALUES;
}

function isPlain(key: string, value: unknown): boolean {
  if (FREE.has(key)) return true;
  switch (key) {
    case "properties":
    case "items":
      return isObject(value);
    case "required":
      return Array.isArray(value);
    case "additionalProperties":
      return typeof value === "boolean";
    case "minItems":
      return typeof value === "number";
    case "minLength":
      return typeof value === "number" && value <= MAX_LENGTH;
    case "enum":
      return Array.isArray(value) && value.length <= MAX_LENGTH && value.every(isScalar);
    case "const":
      return isScalar(value);
    case "format":
      return typeof value === "string";
    default:
      return false;
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}
