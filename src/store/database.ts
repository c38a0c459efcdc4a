import type Database from "better-sqlite3";
import { loadDriver } from "./driver.js";
import { MIGRATIONS } from "./migrations.js";
import { damagedState, describeFailure } from "./open-errors.js";
import { APPLICATION_ID, HEADER_BYTES, inspectHeader, inspectStateFile } from "./state-file.js";
import { makeStateFile } from "./state-folder.js";

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
  PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -${CACHE_KIB};
  PRAGMA temp_store = MEMORY;
`;

/**
 * What a committed transaction survives. `process`: the end of the emulator, also by `kill -9`, because the operating
 * system has the data. `power`: also a power cut or the end of the operating system, because every commit waits for the
 * disk.
 */
export type Durability = "process" | "power";

const SYNCHRONOUS: Readonly<Record<Durability, string>> = { process: "OFF", power: "FULL" };

/** Read and write versions in SQLite's header: 2 means write-ahead log, 1 rollback journal (sqlite.org/fileformat). */
const JOURNAL_MODE_AT = 18;
const ROLLBACK_JOURNAL = 1;

/** Larger files are not searched for damage at the start, because that takes longer than a start may. */
const CHECKED_BYTES = 16 * 1024 * 1024;

/**
 * Opens a state file (or `:memory:`), locks it for this process and migrates its schema. A new one is made for its owner
 * only.
 * @param durability what commits survive; a power cut may damage a file of `process`
 * @throws StateError that says what to do; the file is then unchanged
 */
export function openDatabase(path: string, durability: Durability = "process"): Db {
  const found = path !== ":memory:" && inspectStateFile(path, MIGRATIONS.length);
  if (path !== ":memory:" && !found) makeStateFile(path, durability === "power");
  return prepared(path, open(path), durability, found);
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

function prepared(path: string, db: Db, durability: Durability = "process", check = false): Db {
  try {
    db.exec(CONFIGURATION);
    db.pragma(`synchronous = ${SYNCHRONOUS[durability]}`);
    migrate(db);
    if (check) checkPages(path, db);
    return db;
  } catch (cause) {
    db.close();
    throw describeFailure(path, cause);
  }
}

/** Finds damage now, and not when a request reads the page. @throws StateError */
function checkPages(path: string, db: Db): void {
  const pages = Number(db.pragma("page_count", { simple: true }));
  const bytes = Number(db.pragma("page_size", { simple: true }));
  if (pages * bytes > CHECKED_BYTES) return;
  const found = String(db.pragma("quick_check(1)", { simple: true }));
  if (found !== "ok") throw damagedState(path, found);
}

function open(source: string | Buffer, name = String(source)): Db {
  try {
    return new Driver(source, { timeout: BUSY_TIMEOUT_MS });
  } catch (cause) {
    throw describeFailure(name, cause);
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
