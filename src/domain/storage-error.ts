import { errorMessage } from "./error-message.js";
import { GatewayError } from "./errors.js";

/** What is wrong with the storage of a state. */
export type StorageFault = "damaged" | "full" | "read-only" | "busy" | "failing";

/** By the beginning of a result code of SQLite, such as `SQLITE_CORRUPT_INDEX` (sqlite.org/rescode.html). */
const FAULTS: readonly (readonly [code: string, fault: StorageFault])[] = [
  ["SQLITE_CORRUPT", "damaged"],
  ["SQLITE_NOTADB", "damaged"],
  ["SQLITE_FULL", "full"],
  ["SQLITE_READONLY", "read-only"],
  ["SQLITE_BUSY", "busy"],
  ["SQLITE_LOCKED", "busy"],
  ["SQLITE_IOERR", "failing"],
  ["SQLITE_CANTOPEN", "failing"],
];

/** What is wrong and what to do, while an emulator runs. */
const ADVICE: Readonly<Record<StorageFault, string>> = {
  damaged:
    "the state is damaged: POST /_emulator/reset starts over, or stop and restore a backup with gateway-emulator state import",
  full: "the disk of the state file is full: make room, or POST /_emulator/reset to start over",
  "read-only": "the state file cannot be written any more: make it and its folder writable",
  busy: "the state file is locked by another process: stop that process",
  failing: "the state file cannot be read or written: check its disk, or start on a copy with --state",
};

/** @returns null when the error is not one of the storage */
export function storageFault(cause: unknown): StorageFault | null {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return FAULTS.find(([beginning]) => code.startsWith(beginning))?.[1] ?? null;
}

/** The 500 for a failure of the storage, or for a defect, with a hint that says what to do. */
export function storageFailure(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const fault = storageFault(cause);
  const hint = fault ? ADVICE[fault] : `the state could not be written: ${errorMessage(cause)}`;
  return new GatewayError("internal", { hint });
}
