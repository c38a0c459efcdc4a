import { existsSync } from "node:fs";
import { checkState, copyState, importState, StateError } from "../../emulator/state-files.js";
import { count } from "../count.js";
import { UserError } from "../user-error.js";

export interface ExportFlags {
  readonly force?: boolean;
}

export interface CheckFlags {
  readonly json?: boolean;
}

/** Writes a backup. @throws UserError */
export function runExport(file: string, state: string, { force = false }: ExportFlags): void {
  if (existsSync(file) && !force) {
    throw new UserError(`${file} exists. Name another file, or replace it with --force.`);
  }
  orUserError(() => copyState(state, file));
  console.log(`${state} exported to ${file}`);
}

/** Replaces the state by a backup. @throws UserError */
export function runImport(file: string, state: string): void {
  orUserError(() => importState(file, state));
  console.log(`${file} imported to ${state}`);
}

/** Prints what is wrong with a state. @throws UserError when anything is */
export function runCheck(state: string, { json = false }: CheckFlags): void {
  const found = checkState(state);
  if (json) {
    console.log(JSON.stringify(found));
    if (!found.ok) process.exitCode = 1;
    return;
  }
  if (!found.ok)
    throw new UserError(`${state} has ${count(found.problems.length, "problem")}`, found.problems);
  console.log(`${state} has no problems (state version ${found.version} of ${found.newestVersion})`);
}

function orUserError(work: () => void): void {
  try {
    work();
  } catch (cause) {
    if (cause instanceof StateError) throw new UserError(cause.message);
    throw cause;
  }
}
