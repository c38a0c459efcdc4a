import { InvalidSeed, type SeedProblem } from "../config/problems.js";
import { allRefusals, locateRefusals } from "../config/refusals.js";

/** Everything wrong with these files, read as one seed: in form, or else in substance. */
export async function seedProblems(files: readonly string[]): Promise<readonly SeedProblem[]> {
  const { loadSeeds, trySeed } = await import("../emulator.js");
  try {
    return await locateRefusals(allRefusals(await loadSeeds(files), trySeed), files);
  } catch (cause) {
    if (cause instanceof InvalidSeed) return cause.problems;
    throw cause;
  }
}
