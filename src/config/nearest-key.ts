import * as z from "zod";

/** Most edits between a misspelt key and the one that was meant. */
const MAX_EDITS = 3;

/** The keys that an object at this path of a schema may have; none when it is not an object. */
export function shapeAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const [head, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (head === undefined) return Object.keys(schema.shape);
    const member: z.core.$ZodType | undefined = schema.shape[String(head)];
    return member ? shapeAt(member, rest) : [];
  }
  if (schema instanceof z.ZodArray) return head === undefined ? [] : shapeAt(schema.element, rest);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => shapeAt(option, path));
  if (schema instanceof z.ZodLazy) return shapeAt(schema.unwrap(), path);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return shapeAt(schema.unwrap(), path);
  }
  return [];
}

/** The candidate with the fewest edits, if it is near enough to have been meant. */
export function nearestKey(key: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.min(MAX_EDITS, Math.ceil(key.length / 2)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(key, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein's distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
