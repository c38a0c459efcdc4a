import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyState } from "./copy-state.js";
import { loadDriver } from "./driver.js";
import { MIGRATIONS } from "./migrations.js";
import { describeFailure } from "./open-errors.js";
import { StateError } from "./state-file.js";

/** What a check of a state found. */
export interface StateCheck {
  readonly file: string;
  readonly ok: boolean;
  /** Schema version of the file; null: not readable. */
  readonly version: number | null;
  /** The version that a start would migrate it to. */
  readonly newestVersion: number;
  /** In words, one a line. */
  readonly problems: readonly string[];
}

/** Most problems of one kind that are told. */
const MOST = 20;

/** Checks a copy of a state, so that a running emulator is not disturbed. Never throws for a bad file. */
export function checkState(file: string): StateCheck {
  const folder = mkdtempSync(join(tmpdir(), "gateway-emulator-check-"));
  const newestVersion = MIGRATIONS.length;
  try {
    const copy = join(folder, "state.db");
    copyState(file, copy);
    const { version, problems } = inspectCopy(copy);
    return { file, ok: problems.length === 0, version, newestVersion, problems };
  } catch (cause) {
    const { message } = cause instanceof StateError ? cause : describeFailure(file, cause);
    return { file, ok: false, version: null, newestVersion, problems: [message] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inspectCopy(copy: string): { version: number; problems: string[] } {
  const Driver = loadDriver();
  const db = new Driver(copy);
  try {
    const integrity = db
      .prepare<[], string>(`PRAGMA integrity_check(${MOST})`)
      .pluck()
      .all()
      .flatMap((text) => text.split("\n"))
      .filter((text) => text !== "ok" && !text.startsWith("*** in database"));
    const foreign = db
      .prepare<[], { table: string; rowid: number | null; parent: string }>("PRAGMA foreign_key_check")
      .all();
    return {
      version: Number(db.pragma("user_version", { simple: true })),
      problems: [
        ...integrity,
        ...foreign
          .slice(0, MOST)
          .map(({ table, rowid, parent }) => `row ${rowid} of ${table} refers to a missing row of ${parent}`),
      ],
    };
  } finally {
    db.close();
  }
}
