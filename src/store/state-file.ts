import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { errorMessage } from "../domain/error-message.js";

/** A state that cannot be opened. The message is one line and says what to do. */
export class StateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StateError";
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
 * Checks a state file's header without opening the file as a database, so that files of other programs or newer versions
 * stay unchanged.
 * @throws StateError
 */
export function inspectStateFile(path: string, newestVersion: number): void {
  if (!existsSync(path)) {
    prepareFolder(path);
    return;
  }
  const header = readHeader(path);
  if (header.length === 0) return; // For SQLite an empty file is a new database.
  inspectHeader(path, header, newestVersion);
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

function prepareFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new StateError(`Cannot create the folder of ${path}: ${reason(cause)}.`, { cause });
  }
}

function readHeader(path: string): Buffer {
  let file: number | null = null;
  try {
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
