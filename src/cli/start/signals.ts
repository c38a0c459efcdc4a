import type { Readable } from "node:stream";

/** Exit codes of a process that a signal ended: 128 plus the signal number. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
/** Two signals within this time count as one: npx forwards a Ctrl-C that the terminal has also sent. */
const SAME_SIGNAL_MS = 50;

/**
 * The first SIGINT or SIGTERM stops gracefully and exits with 0; a second one exits at once.
 * @param input if given, its end also stops gracefully: a pipe ends when its other side dies, even by SIGKILL
 */
export function stopOnSignals(stop: () => Promise<void>, input: Readable | null = null): void {
  let phase: "running" | "just signalled" | "stopping" = "running";
  const begin = (): void => {
    if (phase !== "running") return;
    phase = "just signalled";
    setTimeout(() => {
      phase = "stopping";
    }, SAME_SIGNAL_MS);
    // Exit explicitly: unread output in a pipe would keep the process alive.
    void stop().then(() => process.exit(0));
  };
  const onSignal = (signal: keyof typeof SIGNAL_EXIT_CODES): void => {
    if (phase === "stopping") process.exit(SIGNAL_EXIT_CODES[signal]);
    begin();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  input?.on("end", begin).on("error", begin).resume();
}
