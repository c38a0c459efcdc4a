import type { Seed, SeedInput } from "../schemas/seed.js";
import { mergeSeeds } from "./merge-seeds.js";
import { InvalidSeed, type SeedProblem } from "./problems.js";
import { checkSeedValue, readSeedFile } from "./seed-file.js";

/** A seed: a file (`.yaml`, `.yml`, `.json`) or the same as an object. */
export type SeedSource = string | SeedInput;

/**
 * Reads and checks seeds, and makes them one.
 * @throws InvalidSeed with the problems of all of them
 */
export async function loadSeeds(sources: SeedSource | readonly SeedSource[]): Promise<Seed> {
  const seeds: Seed[] = [];
  const problems: SeedProblem[] = [];
  for (const source of isList(sources) ? sources : [sources]) {
    try {
      seeds.push(typeof source === "string" ? await readSeedFile(source) : checkSeedValue(source));
    } catch (cause) {
      if (!(cause instanceof InvalidSeed)) throw cause;
      problems.push(...cause.problems);
    }
  }
  if (problems.length > 0) throw new InvalidSeed(problems);
  return mergeSeeds(seeds);
}

function isList(sources: SeedSource | readonly SeedSource[]): sources is readonly SeedSource[] {
  return Array.isArray(sources);
}
