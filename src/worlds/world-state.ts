import type { Settings } from "../domain/settings.js";
import type { RandomState } from "../runtime/random.js";

/** Names in the meta table of a world's state: what is not rows. */
export const META = {
  /** What a reset goes back to. */
  seed: "seed",
  clock: "clock",
  /** How often the state was resumed. */
  epoch: "random_epoch",
  cursorSecret: "cursor_secret",
  state: "standing",
} as const;

/** What an image, or a resumed state, remembers of a world besides its seed and its rows. */
export interface WorldState {
  readonly settings: Settings;
  /** Keys that were declared since the last reset, by name. */
  readonly added: Readonly<Record<string, string>>;
  /** Where the random sequence stood; null in a state that is no image. */
  readonly random: RandomState | null;
}
