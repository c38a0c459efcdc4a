import { InvalidSeed, problemLine } from "../../config/problems.js";
import { OptionError, StateError } from "../../emulator/start.js";
import { count } from "../count.js";
import { seedProblems } from "../seed-problems.js";
import { UserError } from "../user-error.js";
import { DEFAULT_PORT, type StartOptions } from "./options.js";

/** Turns a failed start that the user can fix into a UserError. Returns any other error unchanged. */
export async function startFailure(cause: unknown, options: StartOptions): Promise<unknown> {
  if (cause instanceof StateError) return new UserError(cause.message);
  if (cause instanceof OptionError) return new UserError(`--${kebab(cause.option)}: ${cause.problem}`);
  if (cause instanceof InvalidSeed) return seedFailure(cause, options);
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  const { host, port } = options;
  switch (code) {
    case "EADDRINUSE":
      return new UserError(
        `port ${port} on ${host} is in use. Stop the other server, or choose another port: --port 0 picks a free one.`,
      );
    case "EACCES":
      return new UserError(
        `this user is not allowed to listen on port ${port}. Choose a port above 1023, such as --port ${DEFAULT_PORT}.`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UserError(
        `--host: ${host} is not an address of this machine. Omit --host to listen on 127.0.0.1.`,
      );
    default:
      return cause;
  }
}

/** `allowedHosts` as `allowed-hosts`. */
function kebab(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function seedFailure(cause: InvalidSeed, { seeds, workspaceKey }: StartOptions): Promise<UserError> {
  // A start stops at the first problem and does not know its file. The check finds all of them, with their files.
  const placed = cause.problems.every(({ file }) => file !== null);
  const problems = placed ? cause.problems : await seedProblems(seeds);
  if (problems.length === 0 && workspaceKey !== undefined) {
    return new UserError(
      "BASETEN_API_KEY sets the workspace key, but the seed uses the same key for something else. Unset it for this start.",
    );
  }
  const lines = (problems.length > 0 ? problems : cause.problems).map(problemLine);
  return new UserError(`the seed has ${count(lines.length, "problem")}`, lines);
}
