import { chmodSync, closeSync, copyFileSync, existsSync, openSync, readSync } from "node:fs";
import { loadDriver } from "./driver.js";
import { MIGRATIONS } from "./migrations.js";
import { describeFailure } from "./open-errors.js";
import { deleteState } from "./state-database.js";
import { inspectFile, StateError } from "./state-file.js";
import { FILE_MODE } from "./state-folder.js";

/** The header of a write-ahead log; it has new random numbers whenever the log begins anew (sqlite.org/fileformat). */
const LOG_HEADER_BYTES = 32;
/** A log that is written as fast as possible begins anew some times a second. */
const TRIES = 50;

/**
 * Copies a state into one file without a log, also while an emulator writes it. SQLite's own backup cannot: a running
 * emulator keeps its file locked (Y-83). The copy is the state after one of the commits during the call.
 * @param target is replaced
 * @throws StateError; there is no target then
 */
export function copyState(source: string, target: string): void {
  inspectFile(source, MIGRATIONS.length);
  try {
    copyFiles(source, target);
    const Driver = loadDriver();
    const db = new Driver(target);
    try {
      // Takes what is in the log into the file, up to the last whole commit.
      db.pragma("wal_checkpoint(TRUNCATE)");
    } finally {
      db.close();
    }
  } catch (cause) {
    deleteState(target);
    throw describeFailure(source, cause);
  }
}

/**
 * Copies the file, then its log. Pages that move from the log into the file meanwhile are in both, as long as the log does
 * not begin anew; else it tries again.
 */
function copyFiles(source: string, target: string): void {
  for (let tries = 0; tries < TRIES; tries++) {
    deleteState(target);
    const before = logHeader(source);
    copyFileSync(source, target);
    // It is gone when the emulator stopped meanwhile.
    if (before !== "" && existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${target}-wal`);
    for (const file of [target, `${target}-wal`]) if (existsSync(file)) chmodSync(file, FILE_MODE);
    if (logHeader(source) === before) return;
  }
  throw new StateError(
    `${source} is written too fast to be copied. Try again when there are fewer requests.`,
  );
}

/** As text; empty without a log. */
function logHeader(state: string): string {
  if (!existsSync(`${state}-wal`)) return "";
  const file = openSync(`${state}-wal`, "r");
  try {
    const header = Buffer.alloc(LOG_HEADER_BYTES);
    return header.toString("latin1", 0, readSync(file, header, 0, LOG_HEADER_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
