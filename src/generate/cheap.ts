import { isObject, JSON_TYPES } from "./schema.js";

/** Values in an answer to a cheap schema, at most: about a millisecond of work. */
const MAX_VALUES = 300;
/** The longest text that a cheap schema demands, and the longest list of names or values in it. */
const MAX_LENGTH = 100;
/** Items in a generated array, at most, unless the schema demands more. */
const USUAL_ITEMS = 3;

/** Keywords that bound a number or a size from above: the work is the same, whatever they say. */
const BOUNDS = new Set([
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "maxItems",
  "maxLength",
]);

/**
 * Whether a value for a schema is certainly found at once, and needs no full validator: a small tree of plain types.
 * Anything else may be slow (references, combinations, patterns, sets, examples) or wrong (formats, invalid schemas).
 */
export function isCheap(schema: unknown): boolean {
  let left = MAX_VALUES;
  /** How many values the answer may have. */
  const size = (node: unknown): number => {
    left -= 1;
    if (left < 0 || !isObject(node) || !Object.entries(node).every(([key, value]) => isPlain(key, value))) {
      return Number.POSITIVE_INFINITY;
    }
    const { properties, items, minItems, required } = node;
    let total = 1 + (Array.isArray(required) ? required.length : 0);
    if (isObject(properties)) for (const part of Object.values(properties)) total += size(part);
    const length = Math.max(USUAL_ITEMS, Number(minItems ?? 0));
    return total + length * (items === undefined ? 1 : size(items));
  };
  return size(schema) <= MAX_VALUES;
}

function isPlain(key: string, value: unknown): boolean {
  if (BOUNDS.has(key)) return typeof value === "number";
  switch (key) {
    case "title":
    case "description":
      return typeof value === "string";
    case "type":
      return value === "integer" || JSON_TYPES.some((type) => type === value);
    case "properties":
    case "items":
      return isObject(value);
    case "required":
      return Array.isArray(value) && value.every((name) => typeof name === "string");
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
    default:
      return false;
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}
