import type Database from "better-sqlite3";
import { loadDriver } from "./driver.js";
import { MIGRATIONS } from "./migrations.js";
import {
  APPLICATION_ID,
  HEADER_BYTES,
  inspectHeader,
  inspectStateFile,
  reason,
  StateError,
} from "./state-file.js";

export type Db = Database.Database;

const Driver = loadDriver();

/** How long to wait for a state file that another process is closing, milliseconds. */
const BUSY_TIMEOUT_MS = 500;

/** Size of SQLite's page cache. */
const CACHE_KIB = 32 * 1024;

/**
 * Size of the pages of a new file, bytes. Rows are mostly added at the ends of tables, and each commit writes the last
 * pages again; pages of twice SQLite's default make a chat some 3 % cheaper.
 */
const PAGE_BYTES = 8 * 1024;

/** Pages in the write-ahead log before it is copied into the file. */
const CHECKPOINT_PAGES = 2_000;

const CONFIGURATION = `
  PRAGMA page_size = ${PAGE_BYTES};
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -${CACHE_KIB};
  PRAGMA temp_store = MEMORY;
`;

/** Read and write versions in SQLite's header: 2 means write-ahead log, 1 rollback journal (sqlite.org/fileformat). */
const JOURNAL_MODE_AT = 18;
const ROLLBACK_JOURNAL = 1;

/**
 * Opens a state file (or `:memory:`), locks it for this process and migrates its schema.
 * It writes ahead without syncs. Committed data survives `kill -9` of the emulator, because the operating system has it.
 * A power cut may damage the file; that is the price of writing tens of thousands of rows a second.
 * @throws StateError that says what to do; the file is then unchanged
 */
export function openDatabase(path: string): Db {
  if (path !== ":memory:") inspectStateFile(path, MIGRATIONS.length);
  return prepared(path, open(path));
}

/**
 * Opens an image of {@link imageOf} in memory.
 * @param name of the image, for errors
 * @throws StateError
 */
export function openImage(image: Uint8Array, name: string): Db {
  // SQLite copies them.
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  inspectHeader(name, bytes.subarray(0, HEADER_BYTES), MIGRATIONS.length);
  return prepared(name, open(bytes, name));
}

/** The whole database as the bytes of a state file. */
export function imageOf(db: Db): Buffer {
  const image = db.serialize();
  // The image has no log, and SQLite cannot open a header with a log in memory.
  image.fill(ROLLBACK_JOURNAL, JOURNAL_MODE_AT, JOURNAL_MODE_AT + 2);
  return image;
}

function prepared(path: string, db: Db): Db {
  try {
    db.exec(CONFIGURATION);
    migrate(db);
    return db;
  } catch (cause) {
    db.close();
    throw describe(path, cause);
  }
}

function open(source: string | Buffer, name = String(source)): Db {
  try {
    return new Driver(source, { timeout: BUSY_TIMEOUT_MS });
  } catch (cause) {
    throw describe(name, cause);
  }
}

/** Runs the missing migrations and sets the new version, in one transaction. */
function migrate(db: Db): void {
  const version = Number(db.pragma("user_version", { simple: true }));
  if (version === MIGRATIONS.length) {
    db.exec("BEGIN IMMEDIATE; COMMIT"); // Takes the exclusive lock now, not at the first write.
    return;
  }
  db.exec("BEGIN EXCLUSIVE");
  try {
    for (const step of MIGRATIONS.slice(version)) db.exec(step);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
    db.exec("COMMIT");
  } catch (cause) {
    db.exec("ROLLBACK");
    throw cause;
  }
  // The next start reads the header from the file, not from the log.
  db.pragma("wal_checkpoint(TRUNCATE)");
}

function describe(path: string, cause: unknown): StateError {
  if (cause instanceof StateError) return cause;
  const code = cause instanceof Driver.SqliteError ? cause.code : "";
  const text = reason(cause);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new StateError(
      `${path} is in use by another gateway-emulator. Stop it, or name another file with --state.`,
      { cause },
    );
  }
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
    return new StateError(
      `${path} is damaged or not a SQLite file. Name another file with --state, or move this one away.`,
      {
        cause,
      },
    );
  }
  if (text.includes("bindings file") || text.includes("NODE_MODULE_VERSION") || text.includes("ERR_DLOPEN")) {
    return new StateError(
      "better-sqlite3 has no native binary for this Node: its install script did not run, or ran for another Node version. " +
        "Allow it (`npm approve-scripts better-sqlite3`, or without `--ignore-scripts`) and run `npm rebuild better-sqlite3`.",
      { cause },
    );
  }
  return new StateError(`Cannot open the state file ${path}: ${text}.`, { cause });
}
