import { CommanderError } from "commander";
import { UserError } from "./user-error.js";

/** Prints an error to stderr. @returns the exit code */
export function report(cause: unknown): number {
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
