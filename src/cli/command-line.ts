import { CommanderError } from "commander";
import { createProgram } from "./program.js";
import { UserError } from "./user-error.js";

/** Runs the command that `process.argv` names, and sets the exit code. */
export async function runCommandLine(): Promise<void> {
  process.on("uncaughtException", (cause) => process.exit(report(cause)));
  try {
    await createProgram().parseAsync();
  } catch (cause) {
    process.exitCode = report(cause);
  }
}

/** Prints an error to stderr. @returns the exit code */
function report(cause: unknown): number {
  // Commander has already printed its message, the help or the version.
  if (cause instanceof CommanderError) return cause.exitCode;
  if (cause instanceof UserError) {
    console.error(cause.text);
    return cause.exitCode;
  }
  console.error(unexpected(cause));
  return 1;
}

function unexpected(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const stack = cause instanceof Error ? (cause.stack ?? message) : message;
  const advice = process.env.DEBUG
    ? stack
    : "Please report it. Run it again with DEBUG=1 to see the stack trace.";
  return `gateway-emulator: unexpected error: ${message}\nThis is a bug in gateway-emulator. ${advice}`;
}
