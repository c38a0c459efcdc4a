import type { Settings } from "../domain/settings.js";
import type { Seed } from "../schemas/seed.js";

/** What a world is opened with. */
export interface WorldOptions {
  /** A file, or `:memory:`. */
  readonly state: string;
  /** Start as a copy of the world that this was taken of ({@link World.image}), in memory. */
  readonly image?: Uint8Array;
  /** Fills an empty state, and is what {@link World.reset} goes back to. */
  readonly seed: Seed | null;
  /** Start from the seed even when the state has data. */
  readonly reset: boolean;
  /** Manages the first workspace besides the keys of the seed. */
  readonly workspaceKey: string | null;
  /** Win over the seed's settings. */
  readonly overrides: Partial<Settings>;
}
