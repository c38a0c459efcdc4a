import { InvalidSeed, problemLine } from "../../config/problems.js";
import { StateError } from "../../emulator/start.js";
import { count } from "../count.js";
import { seedProblems } from "../seed-problems.js";
import { UserError } from "../user-error.js";
import { DEFAULT_PORT, type StartOptions } from "./options.js";

/** What a failed start was the user's to put right, as a UserError; anything else as it is. */
export async function startFailure(cause: unknown, options: StartOptions): Promise<unknown> {
  if (cause instanceof StateError) return new UserError(cause.message);
  if (cause instanceof InvalidSeed) return seedFailure(cause, options);
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  const { host, port } = options;
  switch (code) {
    case "EADDRINUSE":
      return new UserError(
        `port ${port} on ${host} is in use. Stop what listens there, or take another: --port 0 picks a free one.`,
      );
    case "EACCES":
      return new UserError(
        `port ${port} needs more rights than this user has. Take one above 1023: --port ${DEFAULT_PORT}.`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UserError(`--host: ${host} is no address of this machine. Leave it out for 127.0.0.1.`);
    default:
      return cause;
  }
}

async function seedFailure(cause: InvalidSeed, { seeds, workspaceKey }: StartOptions): Promise<UserError> {
  // A start stops at the first thing it cannot apply and does not know the file; the check finds them all.
  const placed = cause.problems.every(({ file }) => file !== null);
  const problems = placed ? cause.problems : await seedProblems(seeds);
  if (problems.length === 0 && workspaceKey !== undefined) {
    return new UserError(
      "BASETEN_API_KEY is to be the workspace key, but the seed has it as another kind of key. Unset it for this start.",
    );
  }
  const lines = (problems.length > 0 ? problems : cause.problems).map(problemLine);
  return new UserError(`the seed has ${count(lines.length, "problem")}`, lines);
}
