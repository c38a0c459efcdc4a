import { readFile } from "node:fs/promises";
import type { Seed } from "../schemas/seed.js";
import type { SeedProblem } from "./problems.js";
import { parseSeedText, type SeedText } from "./seed-text.js";

/** A path into a seed: keys and positions. */
export type SeedPath = readonly (string | number)[];

/** Why a seed that parses cannot be applied. */
export interface Refusal {
  readonly path: SeedPath;
  readonly message: string;
}

/** More than this would be no help, and each takes another try. */
const MAX_REFUSALS = 20;

/**
 * Everything in a seed that cannot be applied: what was refused is taken out, and the rest is tried again.
 * @param attempt applies a seed somewhere harmless and answers the first refusal, or null
 */
export function allRefusals(seed: Seed, attempt: (seed: Seed) => Refusal | null): Refusal[] {
  const rest = structuredClone(seed);
  const positions = positionsIn(rest);
  const found: Refusal[] = [];
  while (found.length < MAX_REFUSALS) {
    const refusal = attempt(rest);
    if (!refusal) break;
    const taken = takeOut(rest, refusal.path, positions);
    found.push({ path: taken ?? refusal.path, message: refusal.message });
    if (!taken) break;
  }
  return found;
}

/** Where each object stood in its list before anything was taken out. */
function positionsIn(value: unknown, positions = new Map<unknown, number>()): Map<unknown, number> {
  for (const [key, child] of entriesOf(value)) {
    if (typeof key === "number" && typeof child === "object") positions.set(child, key);
    positionsIn(child, positions);
  }
  return positions;
}

/** Takes one list element out. @returns where it stood at first, or null when the path leads to none */
function takeOut(seed: Seed, path: SeedPath, positions: ReadonlyMap<unknown, number>): SeedPath | null {
  const before: (string | number)[] = [];
  let parent: unknown = null;
  let value: unknown = seed;
  for (const key of path) {
    parent = value;
    value = childOf(parent, key);
    before.push(positions.get(value) ?? key);
  }
  const last = path.at(-1);
  if (!Array.isArray(parent) || typeof last !== "number" || value === undefined) return null;
  parent.splice(last, 1);
  return before;
}

/**
 * Finds the places of refusals in the files that a merged seed came from: list elements add up over
 * workspaces of one name, in the order of the files.
 * @see mergeSeeds
 */
export async function locateRefusals(
  refusals: readonly Refusal[],
  files: readonly string[],
): Promise<SeedProblem[]> {
  const texts: { file: string; text: SeedText }[] = [];
  for (const file of files) texts.push({ file, text: await parseSeedText(await readFile(file, "utf8")) });
  return refusals.map(({ path, message }) => {
    const origin = originOf(path, texts);
    return origin
      ? { file: origin.file, line: origin.text.lineOf(origin.path), path: origin.path.join("."), message }
      : { file: null, line: null, path: path.join("."), message };
  });
}

/** The file that holds what a path of the merged seed leads to, and its path there. */
function originOf<T extends { readonly text: SeedText }>(
  [head, index, list, position, ...rest]: SeedPath,
  texts: readonly T[],
): (T & { path: SeedPath }) | null {
  if (head !== "workspaces" || typeof index !== "number") return null;
  const workspaces = texts.flatMap((from) =>
    entriesOf(childOf(from.text.value, "workspaces")).map(([at, workspace]) => ({ from, at, workspace })),
  );
  const names = [...new Set(workspaces.map(({ workspace }) => childOf(workspace, "name")))];
  let left = typeof position === "number" ? position : 0;
  for (const { from, at, workspace } of workspaces) {
    if (childOf(workspace, "name") !== names[index]) continue;
    if (list === undefined || typeof position !== "number") return { ...from, path: ["workspaces", at] };
    const { length } = entriesOf(childOf(workspace, list));
    if (left < length) return { ...from, path: ["workspaces", at, list, left, ...rest] };
    left -= length;
  }
  return null;
}

function childOf(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** Keys and values of an object, positions and elements of a list, nothing of anything else. */
function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
