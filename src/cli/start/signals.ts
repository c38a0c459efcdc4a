import type { Readable } from "node:stream";

/**
 * The signals that ask a process to end: Ctrl-C, a process manager or container, a closed terminal, Ctrl-\\. With them
 * the exit code of a process that one ended: 128 plus its number.
 */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 } as const;
type StopSignal = keyof typeof SIGNAL_EXIT_CODES;

/** A second signal exits within this time, milliseconds. */
const HURRY_MS = 500;

/** How a command stops. */
export interface Stopper {
  /** Stops gracefully. */
  stop(): Promise<void>;
  /** Ends a stop under way at once, keeping what is stored. */
  hurry?(): Promise<void>;
}

/**
 * The first signal stops gracefully and exits with 0, or 1 when that failed. A second one, however soon, exits at once,
 * as a shell reports the signal.
 * @param input if given, its end also stops gracefully: a pipe ends when its other side dies, even by SIGKILL
 */
export function stopOnSignals({ stop, hurry }: Stopper, input: Readable | null = null): void {
  let signals = 0;
  let stopping = false;
  let code: number | null = null;
  const begin = (): void => {
    if (stopping) return;
    stopping = true;
    // A terminal that was closed takes no output, which is no reason not to finish.
    process.stdout.removeAllListeners("error").on("error", () => {});
    process.stderr.on("error", () => {});
    // Exit explicitly: unread output in a pipe would keep the process alive.
    stop().then(
      () => process.exit(code ?? 0),
      (cause) => {
        console.error(`gateway-emulator: the stop failed: ${cause instanceof Error ? cause.message : cause}`);
        process.exit(code ?? 1);
      },
    );
  };
  const onSignal = (signal: StopSignal): void => {
    signals++;
    begin();
    if (signals === 1) return;
    code = SIGNAL_EXIT_CODES[signal];
    if (!hurry || signals > 2) process.exit(code);
    setTimeout(process.exit, HURRY_MS, code);
    void hurry();
  };
  for (const signal of Object.keys(SIGNAL_EXIT_CODES) as StopSignal[]) process.on(signal, onSignal);
  input?.on("end", begin).on("error", begin).resume();
}
