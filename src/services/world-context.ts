import type { Tokenizer } from "../domain/completion/tokens.js";
import type { Settings } from "../domain/settings.js";
import type { Clock } from "../runtime/clock.js";
import type { Random } from "../runtime/random.js";
import type { Store } from "../store/store.js";
import type { AddressGuard } from "./outgoing/address-guard.js";
import type { Patterns } from "./patterns.js";
import type { SchemaWorkers } from "./schema-workers.js";

/** What all services of one world share. */
export interface WorldContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Replaced by a reset, so that the same seed gives the same ids. */
  random: Random;
  /** The seed text of `random`. It also seeds sources that must not depend on earlier requests. */
  randomSeed: string;
  settings: Settings;
  /** Which hosts rules and webhooks may call (Y-77); null: all. */
  readonly addressGuard: AddressGuard | null;
  /** The tokenizer of the settings. */
  tokenizer: Tokenizer;
  /** Authenticates the cursors of lists (P-2). */
  cursorSecret: string;
  /** Compiles the patterns of rules and faults. */
  readonly patterns: Patterns;
  /** Of all worlds of the emulator. */
  readonly schemaWorkers: SchemaWorkers;
  /** Notified of all changes to the database's configuration. */
  readonly caches: Cache[];
}

/** Data in memory that comes from the database. */
export interface Cache {
  /** Groups, keys, endpoints or workspaces have changed. */
  configurationChanged?(): void;
  /** The whole database has changed. */
  stateReplaced(): void;
}

/** Runs a management write in one transaction, then notifies the caches. */
export function write<T>(context: WorldContext, work: () => T): T {
  const result = context.store.transaction(work);
  for (const cache of context.caches) cache.configurationChanged?.();
  return result;
}

/** Ids are 8 characters `[A-Za-z0-9]`. */
export const ID_LENGTH = 8;

/** A new id from the world's random source. @param taken whether an id is in use */
export function newId(context: WorldContext, taken: (id: string) => boolean): string {
  for (;;) {
    const id = context.random.alphanumeric(ID_LENGTH);
    if (!taken(id)) return id;
  }
}
