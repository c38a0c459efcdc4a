import { storageFault } from "../domain/storage-error.js";
import { damagedState, describeFailure } from "../store/open-errors.js";
import { openStore, openStoreImage, type Store } from "../store/store.js";
import type { WorldOptions } from "./world-options.js";

/** Opens the state of a world. @throws StateError */
export function openState({ copy, state, durability, reset }: WorldOptions): Store {
  if (copy) return openStoreImage(copy.image, "the copied world");
  return openStore(state, { durability, replaceDamaged: reset });
}

/**
 * Reads a state that was opened. Damage that was not found then is one kind of error, and closes it.
 * @throws StateError
 */
export function orDamaged<T>(store: Store, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    // A value that is no JSON is damage too.
    const invalid = cause instanceof SyntaxError;
    if (!invalid && storageFault(cause) === null) throw cause;
    store.close();
    throw invalid ? damagedState(path, cause.message, cause) : describeFailure(path, cause);
  }
}
