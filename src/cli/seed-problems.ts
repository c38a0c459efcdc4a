import { seedFiles } from "../config/load-seeds.js";
import { InvalidSeed, type SeedProblem } from "../config/problems.js";
import { allRefusals, locateRefusals } from "../config/refusals.js";
import { loadSeeds, trySeed } from "../emulator/start.js";

/**
 * Every problem of these files and folders, read together as one seed: schema errors, or, when there are none, what
 * the emulator refuses to apply.
 */
export async function seedProblems(paths: readonly string[]): Promise<readonly SeedProblem[]> {
  try {
    return await locateRefusals(allRefusals(await loadSeeds(paths), trySeed), await seedFiles(paths));
  } catch (cause) {
    if (cause instanceof InvalidSeed) return cause.problems;
    throw cause;
  }
}
