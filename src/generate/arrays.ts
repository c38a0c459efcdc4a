import { itemSchema } from "./accepts.js";
import { GenerationFailure } from "./failure.js";
import { childOf, type Generation, type GenerationAttempt, pointerOf } from "./generation.js";
import { singular } from "./hints.js";
import { canonical, numberAt, type Schema, type SchemaObject, schemaAt, schemaList } from "./schema.js";

/** Tries for each item that must differ from all before it. */
const UNIQUE_TRIES = 60;

/** What an array must contain, from `contains` and its bounds. */
interface Wish {
  readonly schema: Schema;
  readonly least: number;
  readonly isBounded: boolean;
}

/** An array of two or three items where the schema leaves it open, of none when it is time to end. */
export function generateArray(current: GenerationAttempt, generation: Generation): unknown[] {
  const { constraints } = current;
  const overrides = constraints.parts.flatMap(wishOf);
  const slots = overrides.flatMap((wish) => Array.from({ length: Math.min(wish.least, 1_000) }, () => wish));
  const length = chooseLength(current, generation, slots.length);
  generation.budget.spend(length);
  const items: unknown[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < length; at++) {
    const schemas = itemSchemas(constraints.parts, at);
    // The last places take what must be contained, so that a tuple's head stays as it is.
    const slot = slots[at - (length - slots.length)];
    if (slot) schemas.push(slot.schema);
    for (const wish of overrides) {
      if (wish.isBounded && wish !== slot) schemas.push({ not: wish.schema });
    }
    if (!addItem(items, schemas, constraints.uniqueItems ? seen : null, current, generation)) {
      if (at >= constraints.minItems && slots.length === 0) break;
      throw new GenerationFailure(`${pointerOf(current.site)}: found no ${length} different items`);
    }
  }
  return items;
}

/** What all parts of the schema say about the item at `index`. */
function itemSchemas(parts: readonly SchemaObject[], index: number): Schema[] {
  return parts.map((part) => itemSchema(part, index)).filter((schema) => schema !== undefined);
}

function wishOf(part: SchemaObject): Wish[] {
  const schema = schemaAt(part, "contains");
  if (schema === undefined) return [];
  return [{ schema, least: numberAt(part, "minContains") ?? 1, isBounded: "maxContains" in part }];
}

function chooseLength(
  { constraints, site, fullness }: GenerationAttempt,
  generation: Generation,
  slots: number,
): number {
  const { parts, minItems } = constraints;
  const tuple = Math.max(...parts.map(tupleLength), 0);
  const least = Math.max(minItems, slots);
  const most = Math.min(constraints.maxItems, endOf(parts, Math.max(least, tuple + 3)));
  if (least > most) throw new GenerationFailure(`${pointerOf(site)}: no number of items is right`);
  if (fullness === "least" || site.isClosing) return least;
  const wanted = tuple > 0 ? tuple : 2 + generation.random.int(2);
  return Math.min(Math.max(wanted, least), most);
}

function tupleLength(part: SchemaObject): number {
  return schemaList(part, Array.isArray(part.items) ? "items" : "prefixItems").length;
}

/** The first index below `limit` that must stay empty, because its schema is false. */
function endOf(parts: readonly SchemaObject[], limit: number): number {
  const closed = parts.flatMap((part) => {
    const length = tupleLength(part);
    const tuple = Array.from({ length }, (_, at) => itemSchema(part, at));
    const at = tuple.indexOf(false);
    if (at >= 0) return [at];
    return itemSchema(part, length) === false ? [length] : [];
  });
  return Math.min(limit, ...closed);
}

/** Adds one item; false when no item was found that is not there yet. */
function addItem(
  items: unknown[],
  schemas: readonly Schema[],
  seen: Set<string> | null,
  { site }: GenerationAttempt,
  generation: Generation,
): boolean {
  const place = childOf(site, String(items.length), site.hint === null ? null : singular(site.hint));
  if (!seen) {
    items.push(generation.generate(schemas, place));
    return true;
  }
  for (let attempt = 0; attempt < UNIQUE_TRIES; attempt++) {
    const item = generation.generate(schemas, { ...place, isPlain: true });
    const text = canonical(item);
    if (seen.has(text)) continue;
    seen.add(text);
    items.push(item);
    return true;
  }
  return false;
}
