import type { Seed } from "../schemas/seed.js";
import type { SeedProblem } from "./problems.js";
import { readText } from "./read-text.js";
import { parseSeedText, type SeedText } from "./seed-text.js";

/** A path in a seed: keys and list indexes. */
type SeedPath = readonly (string | number)[];

/** Why a valid seed cannot be applied. */
export interface Refusal {
  readonly path: SeedPath;
  readonly message: string;
}

/** Maximum number of refusals to find: each needs another attempt, and a longer list does not help. */
const MAX_REFUSALS = 20;

/**
 * Finds everything in a seed that cannot be applied: removes each refused element and tries the rest again.
 * @param attempt applies a seed to a scratch world and returns the first refusal, or null
 */
export function allRefusals(seed: Seed, attempt: (seed: Seed) => Refusal | null): Refusal[] {
  const rest = structuredClone(seed);
  const positions = positionsIn(rest);
  const found: Refusal[] = [];
  while (found.length < MAX_REFUSALS) {
    const refusal = attempt(rest);
    if (!refusal) break;
    const original = removeElement(rest, refusal.path, positions);
    found.push({ path: original ?? refusal.path, message: refusal.message });
    if (!original) break;
  }
  return found;
}

/** The original list index of each object, before any element is removed. */
function positionsIn(value: unknown, positions = new Map<unknown, number>()): Map<unknown, number> {
  for (const [key, child] of entriesOf(value)) {
    if (typeof key === "number" && typeof child === "object") positions.set(child, key);
    positionsIn(child, positions);
  }
  return positions;
}

/** Removes a list element. @returns its original path, or null if the path is not that of a list element */
function removeElement(seed: Seed, path: SeedPath, positions: ReadonlyMap<unknown, number>): SeedPath | null {
  const original: (string | number)[] = [];
  let parent: unknown = null;
  let value: unknown = seed;
  for (const key of path) {
    parent = value;
    value = childOf(parent, key);
    original.push(positions.get(value) ?? key);
  }
  const last = path.at(-1);
  if (!Array.isArray(parent) || typeof last !== "number" || value === undefined) return null;
  parent.splice(last, 1);
  return original;
}

/**
 * Finds the files and lines of refusals in a merged seed. Merging concatenates the lists of workspaces of the same
 * name, in the order of the files.
 * @see mergeSeeds
 */
export async function locateRefusals(
  refusals: readonly Refusal[],
  files: readonly string[],
): Promise<SeedProblem[]> {
  const texts: { file: string; text: SeedText }[] = [];
  for (const file of files) texts.push({ file, text: await parseSeedText(await readText(file)) });
  return refusals.map(({ path, message }) => {
    const origin = originOf(path, texts);
    return origin
      ? { file: origin.file, line: origin.text.lineOf(origin.path), path: origin.path.join("."), message }
      : { file: null, line: null, path: path.join("."), message };
  });
}

/** The file with the element at a path of the merged seed, and its path in that file. */
function originOf<T extends { readonly text: SeedText }>(
  [head, index, list, position, ...rest]: SeedPath,
  texts: readonly T[],
): (T & { path: SeedPath }) | null {
  if (head !== "workspaces" || typeof index !== "number") return null;
  const workspaces = texts.flatMap((from) =>
    entriesOf(childOf(from.text.value, "workspaces")).map(([at, workspace]) => ({ from, at, workspace })),
  );
  const names = [...new Set(workspaces.map(({ workspace }) => childOf(workspace, "name")))];
  let offset = typeof position === "number" ? position : 0;
  for (const { from, at, workspace } of workspaces) {
    if (childOf(workspace, "name") !== names[index]) continue;
    if (list === undefined || typeof position !== "number") return { ...from, path: ["workspaces", at] };
    const { length } = entriesOf(childOf(workspace, list));
    if (offset < length) return { ...from, path: ["workspaces", at, list, offset, ...rest] };
    offset -= length;
  }
  return null;
}

function childOf(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** The entries of an object or list; none for other values. */
function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
