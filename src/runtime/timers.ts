import { performance } from "node:perf_hooks";
import timers from "node:timers";

/**
 * The timers and the time of this process as they were when this file was loaded. All of `src/` uses these. A suite
 * with fake timers (Vitest, Jest, Sinon) replaces the global ones, and those of `node:timers`, in the process that the
 * emulator may share with it. An emulator that looked them up then would wait for a time that never comes.
 */
export const {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
}: Pick<typeof timers, "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval" | "setImmediate"> =
  timers;

export const queueMicrotask = globalThis.queueMicrotask;

/** Epoch milliseconds of the machine, whole. It may step in both directions. */
export const wallTime: () => number = Date.now;

/** Milliseconds since the start of the process. Never goes back. */
export const monotonicTime: () => number = performance.now.bind(performance);
