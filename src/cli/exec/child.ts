import { spawn } from "node:child_process";
import { constants } from "node:os";
import { UserError } from "../user-error.js";

/** Exit codes that shells use: command not found, and command not executable. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/**
 * Runs a command with our standard streams, and forwards signals to it.
 * @returns its exit code; 128 plus the signal number when a signal ended it
 * @throws UserError when it cannot be started
 */
export function runCommand([file = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: "inherit" });
    const stopForwarding = forwardSignals((signal) => child.kill(signal));
    child.on("error", (cause) => {
      // An error after the start means that a signal could not be sent.
      if (child.pid !== undefined) return;
      stopForwarding();
      reject(cause);
    });
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  }).catch((cause: NodeJS.ErrnoException) => {
    if (file === "" || cause.code === "ENOENT") {
      throw new UserError(`command not found: ${file || '""'}`, [], NOT_FOUND);
    }
    throw new UserError(`${file} cannot be run: ${cause.message}`, [], NOT_RUNNABLE);
  });
}

/** Forwards signals to the command. A terminal sends Ctrl-C to the command itself. */
function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const handler = (): void => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) send(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const remove of handlers) remove();
  };
}
