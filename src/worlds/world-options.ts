import type { Settings } from "../domain/settings.js";
import type { Seed } from "../schemas/seed.js";
import type { AddressGuard } from "../services/outgoing/address-guard.js";
import type { SchemaWorkers } from "../services/schema-workers.js";
import type { Durability } from "../store/database.js";
import type { DeclaredSeed } from "./world-state.js";

/** What a copy of a world starts with. */
export interface WorldCopy {
  /** As `World.image` returns them. */
  readonly image: Uint8Array;
  /** The same object, because reading a large one takes long. */
  readonly declared: DeclaredSeed;
}

/** The options of a world. */
export interface WorldOptions {
  /** A file, or `:memory:`. */
  readonly state: string;
  /** What the commits of a file survive; `process` when absent. */
  readonly durability?: Durability | undefined;
  /** Starts as a copy of another world, in memory. */
  readonly copy?: WorldCopy;
  /** Fills an empty state, and is the target of `World.reset`. */
  readonly seed: Seed | null;
  /** Starts from the seed even when the state has data. */
  readonly reset: boolean;
  /** An additional managing key of the first workspace. */
  readonly workspaceKey: string | null;
  /** Override the seed's settings. */
  readonly overrides: Partial<Settings>;
  /** Shared by all worlds of an emulator, and closed with them. */
  readonly schemaWorkers: SchemaWorkers;
  /** Which hosts rules and webhooks may call; null: all. */
  readonly addressGuard: AddressGuard | null;
  /** The machine's time, epoch milliseconds. All worlds of an emulator have the same, so that they agree. */
  readonly machineTime?: () => number;
}
