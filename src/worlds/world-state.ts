import type { Settings } from "../domain/settings.js";
import type { ClockState } from "../runtime/clock.js";
import type { RandomState } from "../runtime/random.js";
import type { Seed } from "../schemas/seed.js";
import { declaredKeys, SeedError } from "../services/seeding.js";
import type { Store } from "../store/store.js";

/** Keys in the meta table of a world's state. The values are part of the file format. */
export const META = {
  /** The target of a reset. */
  seed: "seed",
  clock: "clock",
  /** Number of resumes. */
  epoch: "random_epoch",
  cursorSecret: "cursor_secret",
  state: "standing",
} as const;

/** What an image or a state file has of a world besides seed and tables. */
export interface WorldState {
  readonly settings: Settings;
  /** Keys added since the last reset, by name. */
  readonly added: Readonly<Record<string, string>>;
  /** State of the random source; null unless in an image. */
  readonly random: RandomState | null;
}

/** A seed and its federated keys by name. */
export interface DeclaredSeed {
  readonly seed: Seed;
  readonly keys: Readonly<Record<string, string>>;
}

export function declaredBy(seed: Seed): DeclaredSeed {
  return { seed, keys: declaredKeys(seed) };
}

/** The seed in a state; null in a new one. */
export function storedSeed({ meta }: Store): DeclaredSeed | null {
  const seed = meta.get(META.seed) as Seed | undefined;
  return seed === undefined ? null : declaredBy(seed);
}

/** The seed text of the world's random source. @param epoch number of resumes of the state */
export function randomSeed(seed: Seed, epoch: number): string {
  return `${seed.random_seed ?? 1}#${epoch}`;
}

/** The initial state of the world's clock. */
export function clockOf(seed: Seed): ClockState {
  return seed.clock === undefined ? { mode: "real" } : { mode: "frozen", at: Date.parse(seed.clock) };
}

/** @throws SeedError when a seed that is added has what only the seed of a start can have */
export function refuseStartOnly(added: Seed): void {
  for (const key of ["clock", "random_seed"] as const) {
    if (added[key] === undefined) continue;
    throw new SeedError(
      [key],
      "only the seed that a world starts with can set this; POST /_emulator/clock moves time",
    );
  }
}
