import type { ClockState } from "../runtime/clock.js";
import type { Seed } from "../schemas/seed.js";

/** The seed text of the world's random source. @param epoch number of resumes of the state */
export function randomSeed(seed: Seed, epoch: number): string {
  return `${seed.random_seed ?? 1}#${epoch}`;
}

/** The initial state of the world's clock. */
export function clockOf(seed: Seed): ClockState {
  return seed.clock === undefined ? { mode: "real" } : { mode: "frozen", at: Date.parse(seed.clock) };
}
