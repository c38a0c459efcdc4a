import { spawn } from "node:child_process";
import { constants } from "node:os";
import { UserError } from "../user-error.js";

/** What a shell answers to a command that is not there, and to one that cannot be run. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/**
 * Runs a command with our own input and output, and passes signals on to it.
 * @returns its exit code, as a shell gives it
 * @throws UserError when it cannot be started
 */
export function runCommand([file = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: "inherit" });
    const forget = passOnSignals((signal) => child.kill(signal));
    child.on("error", (cause) => {
      // Once it runs, this is a signal that it may not be sent.
      if (child.pid !== undefined) return;
      forget();
      reject(cause);
    });
    child.once("exit", (code, signal) => {
      forget();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  }).catch((cause: NodeJS.ErrnoException) => {
    if (file === "" || cause.code === "ENOENT") {
      throw new UserError(`command not found: ${file || '""'}`, [], NOT_FOUND);
    }
    throw new UserError(`${file} cannot be run: ${cause.message}`, [], NOT_RUNNABLE);
  });
}

/** The command decides what a signal means; a terminal's Ctrl-C reaches it without us. */
function passOnSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const handler = (): void => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) send(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const forget of handlers) forget();
  };
}
