import type { Settings } from "../domain/settings.js";
import type { Seed } from "../schemas/seed.js";

/** The options of a world. */
export interface WorldOptions {
  /** A file, or `:memory:`. */
  readonly state: string;
  /** An image of another world (`World.image`): starts as its copy, in memory. */
  readonly image?: Uint8Array;
  /** Fills an empty state, and is the target of `World.reset`. */
  readonly seed: Seed | null;
  /** Starts from the seed even when the state has data. */
  readonly reset: boolean;
  /** An additional managing key of the first workspace. */
  readonly workspaceKey: string | null;
  /** Override the seed's settings. */
  readonly overrides: Partial<Settings>;
}
