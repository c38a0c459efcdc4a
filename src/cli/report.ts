import { CommanderError } from "commander";
import { UserError } from "./user-error.js";

/** Says on stderr what went wrong. @returns the exit code */
export function report(cause: unknown): number {
  // Commander has printed its message, or the help or version that was asked for.
  if (cause instanceof CommanderError) return cause.exitCode;
  if (cause instanceof UserError) {
    console.error(cause.text);
    return cause.exitCode;
  }
  console.error(defect(cause));
  return 1;
}

function defect(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const stack = cause instanceof Error ? (cause.stack ?? message) : message;
  const advice = process.env.DEBUG
    ? stack
    : "Run it again with DEBUG=1 for the stack, and report it, please.";
  return `gateway-emulator: unexpected error: ${message}\nThis is a bug in gateway-emulator. ${advice}`;
}
