import type { ClockState } from "../runtime/clock.js";
import type { Seed } from "../schemas/seed.js";

/** What the world's random source is made from. @param epoch how often the state was resumed */
export function randomSeed(seed: Seed, epoch: number): string {
  return `${seed.random_seed ?? 1}#${epoch}`;
}

/** Where the world's clock starts. */
export function clockOf(seed: Seed): ClockState {
  return seed.clock === undefined ? { mode: "real" } : { mode: "frozen", at: Date.parse(seed.clock) };
}
