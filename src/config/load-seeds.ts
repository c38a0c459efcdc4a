import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Seed, SeedInput } from "../schemas/seed.js";
import { mergeSeeds } from "./merge-seeds.js";
import { InvalidSeed, type SeedProblem, seedFileError } from "./problems.js";
import { isSeedFile } from "./seed-text.js";

/** A seed: the path of a file (`.yaml`, `.yml`, `.json`) or of a folder of such files, or an object. */
export type SeedSource = string | SeedInput;

/**
 * Reads, checks and merges seeds. Imports the check on first use, because zod loads slowly.
 * @throws InvalidSeed with the problems of all seeds
 */
export async function loadSeeds(sources: SeedSource | readonly SeedSource[]): Promise<Seed> {
  const { checkSeedValue, readSeedFile } = await import("./seed-file.js");
  const seeds: Seed[] = [];
  const problems: SeedProblem[] = [];
  const collect = async <T>(work: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof InvalidSeed)) throw cause;
      problems.push(...cause.problems);
      return null;
    }
  };
  for (const source of [sources].flat()) {
    const parts = typeof source === "string" ? ((await collect(() => seedFiles([source]))) ?? []) : [source];
    for (const part of parts) {
      const seed = await collect(() =>
        typeof part === "string" ? readSeedFile(part) : checkSeedValue(part),
      );
      if (seed) seeds.push(seed);
    }
  }
  if (problems.length > 0) throw new InvalidSeed(problems);
  return mergeSeeds(seeds);
}

/**
 * Replaces each folder in `paths` by the seed files in it, sorted by name.
 * @throws InvalidSeed for a folder without seed files
 */
export async function seedFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const names = await namesIn(path);
    if (names === null) {
      files.push(path);
      continue;
    }
    const found = names.filter(isSeedFile).sort();
    if (found.length === 0) {
      throw seedFileError(
        path,
        "this folder has no seed file: expected one that ends in .yaml, .yml or .json",
      );
    }
    files.push(...found.map((name) => join(path, name)));
  }
  return files;
}

/** Lists a folder. Returns null unless the path is a folder: reading it as a file reports a missing one. */
async function namesIn(path: string): Promise<string[] | null> {
  try {
    return await readdir(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "ENOTDIR" || code === "ENOENT") return null;
    throw seedFileError(path, `cannot be read: ${String(cause)}`);
  }
}
