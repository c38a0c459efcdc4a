import type { Tokenizer } from "../domain/completion/tokens.js";
import type { Settings } from "../domain/settings.js";
import type { Clock } from "../runtime/clock.js";
import type { Random } from "../runtime/random.js";
import type { Store } from "../store/store.js";

/** What every service of one world works with. */
export interface WorldContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Replaced by a reset, so that the same seed gives the same ids again. */
  random: Random;
  /** What `random` was made from; derives further sources that do not depend on what came before. */
  randomSeed: string;
  settings: Settings;
  /** The one that the settings name. */
  tokenizer: Tokenizer;
  /** Seals the cursors of lists (P-2). */
  cursorSecret: string;
  /** Told after every change to what the hot path keeps in memory. */
  readonly caches: Cache[];
}

/** Something held in memory that mirrors the database. */
export interface Cache {
  /** Groups, keys, endpoints or workspaces changed. */
  configurationChanged(): void;
  /** Everything changed: forget it all. */
  stateReplaced(): void;
}

/** Runs a management write: one short transaction, then the caches follow. */
export function write<T>(context: WorldContext, work: () => T): T {
  const result = context.store.transaction(work);
  for (const cache of context.caches) cache.configurationChanged();
  return result;
}

/** Ids are 8 characters `[A-Za-z0-9]`. */
export const ID_LENGTH = 8;

/** An id that nothing has yet, from the world's random source. */
export function newId(context: WorldContext, taken: (id: string) => boolean): string {
  for (;;) {
    const id = context.random.alphanumeric(ID_LENGTH);
    if (!taken(id)) return id;
  }
}
