import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** A state that cannot be opened; the message is one line that says what to do. */
export class StateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StateError";
  }
}

/** Marks a SQLite file as ours: "gwem" in ASCII, in the header's application id. */
export const APPLICATION_ID = 0x6777656d;

/** Where SQLite's file format keeps its magic text, user version and application id (sqlite.org/fileformat). */
export const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/**
 * Looks at a state file's header without opening it as a database, so that a file that is not ours, or comes
 * from a newer version, stays untouched.
 * @throws StateError
 */
export function inspectStateFile(path: string, newestVersion: number): void {
  if (!existsSync(path)) {
    prepareFolder(path);
    return;
  }
  const header = readHeader(path);
  if (header.length === 0) return; // SQLite takes an empty file as a new database.
  inspectHeader(path, header, newestVersion);
}

/** The same of the first bytes of a file. @throws StateError */
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

/** The first line of an unknown error. */
export function reason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split("\n", 1)[0] ?? text;
}
