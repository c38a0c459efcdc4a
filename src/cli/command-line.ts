import { createProgram } from "./program.js";
import { report } from "./report.js";

/** Runs the command that `process.argv` names, and sets the exit code. */
export async function runCommandLine(): Promise<void> {
  process.on("uncaughtException", (cause) => process.exit(report(cause)));
  try {
    await createProgram().parseAsync();
  } catch (cause) {
    process.exitCode = report(cause);
  }
}
