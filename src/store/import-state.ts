import { existsSync, renameSync } from "node:fs";
import { checkState } from "./check-state.js";
import { copyState } from "./copy-state.js";
import { openDatabase } from "./database.js";
import { deleteState } from "./state-database.js";
import { StateError } from "./state-file.js";
import { makeStateFile } from "./state-folder.js";

/**
 * Makes a backup the state, in place of the one that is there. That one may be damaged, but not in use.
 * @throws StateError; the state is then as before
 */
export function importState(backup: string, state: string): void {
  const { problems } = checkState(backup);
  if (problems.length > 0) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more problems)` : "";
    throw new StateError(`${backup} cannot be imported: ${problems[0]}${more}`);
  }
  if (existsSync(state)) refuseInUse(state);
  else makeStateFile(state, false);
  const incoming = `${state}.import`;
  copyState(backup, incoming);
  // A log of the state before would be applied to the new file.
  deleteState(state);
  renameSync(incoming, state);
}

/** @throws StateError for a state in use, and for a file that is not a state */
function refuseInUse(state: string): void {
  try {
    openDatabase(state).close();
  } catch (cause) {
    if (!(cause instanceof StateError) || cause.fault !== "damaged") throw cause;
  }
}
