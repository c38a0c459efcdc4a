import type { Readable } from "node:stream";

/** Exit codes by which a shell tells a process that a signal ended: 128 and the signal's number. */
const FORCED = { SIGINT: 130, SIGTERM: 143 } as const;
/** npx passes Ctrl-C on to a process that has had it from the terminal: within this, two are one, milliseconds. */
const TOGETHER_MS = 50;

/**
 * The first SIGINT or SIGTERM stops in good order and exits with 0, a second one exits at once.
 * @param lifeline when given, its end also stops in good order. The system ends a pipe whose other side dies, even
 *   by SIGKILL.
 */
export function stopOnSignals(stop: () => Promise<void>, lifeline: Readable | null = null): void {
  let phase: "running" | "just asked" | "stopping" = "running";
  const begin = (): void => {
    if (phase !== "running") return;
    phase = "just asked";
    setTimeout(() => {
      phase = "stopping";
    }, TOGETHER_MS);
    // Not by itself: what nobody reads from a pipe would keep the process.
    void stop().then(() => process.exit(0));
  };
  const ask = (signal: keyof typeof FORCED): void => {
    if (phase === "stopping") process.exit(FORCED[signal]);
    begin();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, ask);
  lifeline?.on("end", begin).on("error", begin).resume();
}
