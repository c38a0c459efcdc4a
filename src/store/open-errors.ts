import { storageFault } from "../domain/storage-error.js";
import { readOnly, reason, StateError } from "./state-file.js";

/** The error for a state whose pages or values cannot be read. @param why what was found */
export function damagedState(path: string, why: string, cause?: unknown): StateError {
  return new StateError(
    `${path} is damaged (${oneLine(why)}). Restore a backup with gateway-emulator state import, start over with --reset, or name another file with --state.`,
    { cause, fault: "damaged" },
  );
}

/** Why a state cannot be opened, in one line that says what to do. */
export function describeFailure(path: string, cause: unknown): StateError {
  if (cause instanceof StateError) return cause;
  const fault = storageFault(cause) ?? undefined;
  const text = reason(cause);
  switch (fault) {
    case "busy":
      return new StateError(
        `${path} is in use by another gateway-emulator. Stop it, or name another file with --state.`,
        { cause, fault },
      );
    case "damaged":
      return damagedState(path, text, cause);
    case "read-only":
      return new StateError(readOnly(path, text), { cause, fault });
    case "full":
      return new StateError(
        `The disk of ${path} is full. Make room, or name a file on another disk with --state.`,
        { cause, fault },
      );
  }
  if (text.includes("bindings file") || text.includes("NODE_MODULE_VERSION") || text.includes("ERR_DLOPEN")) {
    return new StateError(
      "better-sqlite3 has no native binary for this Node: its install script did not run, or ran for another Node version. " +
        "Allow it (`npm approve-scripts better-sqlite3`, or without `--ignore-scripts`) and run `npm rebuild better-sqlite3`.",
      { cause },
    );
  }
  return new StateError(
    `Cannot open the state file ${path}: ${text}. Check the file and its folder, or name another file with --state.`,
    { cause, fault },
  );
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ", ");
}
