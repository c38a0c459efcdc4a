import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { reason, StateError } from "./state-file.js";

/** A state holds keys and signing secrets in clear, so only its owner may read it. */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Makes an empty state file that only its owner may read, and its folder. SQLite gives the log beside it the same mode.
 * A folder that was there keeps its mode. A new one is private, and git ignores what is in it.
 * @param lasting writes the file's name to the disk, for a state that survives a power cut
 * @throws StateError
 */
export function makeStateFile(path: string, lasting: boolean): void {
  const folder = dirname(path);
  try {
    if (makeFolder(folder)) writeFileSync(join(folder, ".gitignore"), "*\n");
  } catch (cause) {
    throw new StateError(`Cannot create the folder of ${path}: ${reason(cause)}.`, { cause });
  }
  try {
    closeSync(openSync(path, "wx", FILE_MODE));
    if (lasting) sync(folder);
  } catch (cause) {
    throw new StateError(
      `Cannot create the state file ${path}: ${reason(cause)}. Make its folder writable, or name another file with --state.`,
      { cause },
    );
  }
}

/**
 * Makes the folder and the missing ones above it. Node's own recursive form never ends below /proc, where folders can be
 * neither found nor made.
 * @returns whether it was missing
 */
function makeFolder(folder: string): boolean {
  if (existsSync(folder)) return false;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder, FOLDER_MODE);
  return true;
}

function sync(folder: string): void {
  // Windows cannot open folders, and needs no such sync.
  if (process.platform === "win32") return;
  const opened = openSync(folder, "r");
  fsyncSync(opened);
  closeSync(opened);
}
