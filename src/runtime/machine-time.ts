import { monotonicTime, wallTime } from "./timers.js";

/** The machine's clock may lag by this much, as when it is adjusted slowly, before that counts as a step; milliseconds. */
const STEP_MS = 50;

/**
 * The machine's time, which never steps back: after such a step (a virtual machine that wakes, NTP) it goes on from
 * where it was, by the monotonic clock, until the machine's clock has caught up. A step forward is followed, as after
 * a laptop's sleep (Y-85).
 * @param wall epoch milliseconds; may step
 * @param monotonic milliseconds since any instant; never goes back
 * @returns a source of whole epoch milliseconds, for all worlds of an emulator, so that they agree
 */
export function steadyMachineTime(wall = wallTime, monotonic = monotonicTime): () => number {
  let start = Number.NEGATIVE_INFINITY;
  return () => {
    // In this order: a pause between the two cannot look like a step forward.
    const now = wall();
    const elapsed = monotonic();
    const ahead = start - (now - elapsed);
    if (ahead > STEP_MS) return Math.floor(start + elapsed);
    start = now - elapsed;
    return now;
  };
}
