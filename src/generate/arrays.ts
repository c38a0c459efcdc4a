import { itemSchema } from "./accepts.js";
import { GenerationFailure } from "./failure.js";
import { childOf, type Generation, type GenerationAttempt, pointerOf } from "./generation.js";
import { singular } from "./hints.js";
import { canonical, numberAt, type Schema, type SchemaObject, schemaAt, tupleOf } from "./schema.js";

/** Maximum attempts at an item that must differ from all earlier items. */
const MAX_UNIQUE_ATTEMPTS = 60;

/** A `contains` keyword with its bounds. */
interface ContainsRule {
  readonly schema: Schema;
  readonly minimum: number;
  readonly isBounded: boolean;
}

/** Generates an array: two or three items if the schema leaves it open, as few as possible if it must end soon. */
export function generateArray(current: GenerationAttempt, generation: Generation): unknown[] {
  const { constraints } = current;
  const rules = constraints.parts.flatMap(containsRules);
  const slots = rules.flatMap((rule) => Array.from({ length: Math.min(rule.minimum, 1_000) }, () => rule));
  const length = chooseLength(current, generation, slots.length);
  generation.budget.spend(length);
  const items: unknown[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < length; at++) {
    const schemas = itemSchemas(constraints.parts, at);
    // Items for `contains` go last, so that they do not displace the items of a tuple.
    const slot = slots[at - (length - slots.length)];
    if (slot) schemas.push(slot.schema);
    for (const rule of rules) {
      if (rule.isBounded && rule !== slot) schemas.push({ not: rule.schema });
    }
    if (!addItem(items, schemas, constraints.uniqueItems ? seen : null, current, generation)) {
      if (at >= constraints.minItems && slots.length === 0) break;
      throw new GenerationFailure(`${pointerOf(current.location)}: could not find ${length} different items`);
    }
  }
  return items;
}

/** The schemas of the item at `index`, from all parts. */
function itemSchemas(parts: readonly SchemaObject[], index: number): Schema[] {
  return parts.map((part) => itemSchema(part, index)).filter((schema) => schema !== undefined);
}

function containsRules(part: SchemaObject): ContainsRule[] {
  const schema = schemaAt(part, "contains");
  if (schema === undefined) return [];
  return [{ schema, minimum: numberAt(part, "minContains") ?? 1, isBounded: "maxContains" in part }];
}

function chooseLength(
  { constraints, location, optionalProperties }: GenerationAttempt,
  generation: Generation,
  slots: number,
): number {
  const { parts, minItems } = constraints;
  const tuple = Math.max(...parts.map((part) => tupleOf(part).length), 0);
  const minimum = Math.max(minItems, slots);
  const maximum = Math.min(constraints.maxItems, longestLength(parts, Math.max(minimum, tuple + 3)));
  if (minimum > maximum) throw new GenerationFailure(`${pointerOf(location)}: no number of items is allowed`);
  if (optionalProperties === "none" || location.mustEndSoon) return minimum;
  const preferred = tuple > 0 ? tuple : 2 + generation.random.int(2);
  return Math.min(Math.max(preferred, minimum), maximum);
}

/** The maximum length up to `limit`: an item whose schema is false must not exist. */
function longestLength(parts: readonly SchemaObject[], limit: number): number {
  const closed = parts.flatMap((part) => {
    const tuple = tupleOf(part);
    const at = [...tuple, itemSchema(part, tuple.length)].indexOf(false);
    return at >= 0 ? [at] : [];
  });
  return Math.min(limit, ...closed);
}

/** Adds one item. Returns false when every item found was a duplicate. */
function addItem(
  items: unknown[],
  schemas: readonly Schema[],
  seen: Set<string> | null,
  { location }: GenerationAttempt,
  generation: Generation,
): boolean {
  const child = childOf(
    location,
    String(items.length),
    location.hint === null ? null : singular(location.hint),
  );
  if (!seen) {
    items.push(generation.generate(schemas, child));
    return true;
  }
  for (let attempt = 0; attempt < MAX_UNIQUE_ATTEMPTS; attempt++) {
    const item = generation.generate(schemas, { ...child, skipExamples: true });
    const text = canonical(item);
    if (seen.has(text)) continue;
    seen.add(text);
    items.push(item);
    return true;
  }
  return false;
}
