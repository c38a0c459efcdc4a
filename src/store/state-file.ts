import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { errorMessage } from "../domain/error-message.js";
import type { StorageFault } from "../domain/storage-error.js";

interface StateErrorOptions extends ErrorOptions {
  readonly fault?: StorageFault | undefined;
}

/** A state that cannot be opened. The message is one line and says what to do. */
export class StateError extends Error {
  /** What is wrong with the storage; null: something else, such as the file of another program. */
  readonly fault: StorageFault | null;

  constructor(message: string, { fault, ...options }: StateErrorOptions = {}) {
    super(message, options);
    this.name = "StateError";
    this.fault = fault ?? null;
  }
}

/** Application id of our SQLite files: "gwem" in ASCII. */
export const APPLICATION_ID = 0x6777656d;

/** The header of SQLite files, and offsets in it (sqlite.org/fileformat). */
export const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/**
 * Checks a state file without opening it as a database, so that files of other programs or newer versions stay unchanged.
 * @returns whether there is a file
 * @throws StateError
 */
export function inspectStateFile(path: string, newestVersion: number): boolean {
  if (!exists(path)) return false;
  const header = readHeader(path);
  checkWritable(path);
  // For SQLite an empty file is a new database.
  if (header.length > 0) inspectHeader(path, header, newestVersion);
  return true;
}

/** The same for a file that is only read, which has to be there. @throws StateError */
export function inspectFile(path: string, newestVersion: number): void {
  if (!exists(path)) throw new StateError(`${path} does not exist. Name a state file.`);
  inspectHeader(path, readHeader(path), newestVersion);
}

/** Checks the first bytes of a state file. @throws StateError */
export function inspectHeader(path: string, header: Buffer, newestVersion: number): void {
  if (header.length < HEADER_BYTES || header.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw new StateError(
      `${path} is not a SQLite file. Name another file with --state, or move this one away.`,
    );
  }
  const application = header.readUInt32BE(APPLICATION_ID_AT);
  if (application !== APPLICATION_ID) {
    throw new StateError(
      `${path} is a SQLite file of another program. Name another file with --state, or move this one away.`,
    );
  }
  const version = header.readUInt32BE(USER_VERSION_AT);
  if (version > newestVersion) {
    throw new StateError(
      `${path} was written by a newer gateway-emulator (state version ${version}, this one knows up to ${newestVersion}). Upgrade, or name another file with --state.`,
    );
  }
}

/** @throws StateError for a link that leads nowhere */
function exists(path: string): boolean {
  let entry: Stats | undefined;
  try {
    entry = lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // Something above it is no folder, or may not be entered; making the folder says which.
  }
  if (!entry?.isSymbolicLink() || statSync(path, { throwIfNoEntry: false })) return entry !== undefined;
  throw new StateError(
    `${path} is a link to ${readlinkSync(path)}, which does not exist. Restore that file, remove the link, or name another file with --state.`,
  );
}

/** The log of SQLite is a file beside it, so the folder counts too. @throws StateError */
function checkWritable(path: string): void {
  for (const each of [path, dirname(path)]) {
    try {
      accessSync(each, constants.R_OK | constants.W_OK);
    } catch (cause) {
      throw new StateError(readOnly(path, `${each === path ? "it" : "its folder"}: ${reason(cause)}`), {
        cause,
        fault: "read-only",
      });
    }
  }
}

export function readOnly(path: string, why: string): string {
  return `${path} cannot be written (${why}). Make the file and its folder writable, or copy it elsewhere and name the copy with --state.`;
}

function readHeader(path: string): Buffer {
  let file: number | null = null;
  try {
    // Before it is opened: opening a FIFO waits for its other side.
    if (!statSync(path).isFile()) throw new StateError(`${path} is not a file. Name a file with --state.`);
    file = openSync(path, "r");
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
  } catch (cause) {
    if (cause instanceof StateError) throw cause;
    throw new StateError(`Cannot read ${path}: ${reason(cause)}.`, { cause });
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** The first line of an error's message. */
export function reason(cause: unknown): string {
  const text = errorMessage(cause);
  return text.split("\n", 1)[0] ?? text;
}
