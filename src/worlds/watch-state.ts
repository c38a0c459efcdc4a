import { every } from "../runtime/every.js";

/** How often a state file is looked at, milliseconds of real time. Each look is one stat. */
const LOOK_MS = 250;

/**
 * Looks again and again whether a state can be stored, and warns once of each problem.
 * @param problem what is wrong and what to do, or null
 * @returns ends it
 */
export function watchState(problem: () => string | null): () => void {
  let warned: string | null = null;
  return every(LOOK_MS, () => {
    const found = problem();
    if (found !== null && found !== warned) process.emitWarning(found);
    warned = found;
  });
}
