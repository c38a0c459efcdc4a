import { seedFiles } from "../config/load-seeds.js";
import { InvalidSeed, type SeedProblem } from "../config/problems.js";
import { allRefusals, locateRefusals } from "../config/refusals.js";

/** Everything wrong with these files and folders, read as one seed: in form, or else in substance. */
export async function seedProblems(paths: readonly string[]): Promise<readonly SeedProblem[]> {
  const { loadSeeds, trySeed } = await import("../emulator/start.js");
  try {
    return await locateRefusals(allRefusals(await loadSeeds(paths), trySeed), await seedFiles(paths));
  } catch (cause) {
    if (cause instanceof InvalidSeed) return cause.problems;
    throw cause;
  }
}
