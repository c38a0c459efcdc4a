import { invalid } from "../domain/errors.js";
import type { Advance, ClockView, FiredJob, Time } from "../services/time.js";

/** The world's clock, from a test. */
export interface ClockApi {
  /** How it stands: mode, now, offset. */
  read(): Promise<ClockView>;
  /** Stops it where it stands. */
  freeze(): Promise<void>;
  /** Jumps forward to an ISO 8601 time. Answers what fell due on the way. */
  set(time: string): Promise<readonly FiredJob[]>;
  /** Back to the machine's time. */
  real(): Promise<void>;
  /**
   * Moves it on: `"61s"`, milliseconds, or `{ to }` an ISO 8601 time, `next_window` (when every rolling
   * window is empty) or `next_midnight`. Answers what fell due, in order.
   */
  advance(by: number | string | Advance): Promise<readonly FiredJob[]>;
}

/** @throws GatewayError from every member, for a time that is none or lies in the past */
export function clockFace(time: Time): ClockApi {
  return {
    read: async () => time.view(),
    freeze: async () => time.freeze(),
    set: (instant) => time.set(instant),
    real: async () => time.real(),
    advance: async (by) => time.advance(moveOf(by)),
  };
}

/** @throws GatewayError `validation` */
function moveOf(by: number | string | Advance): Advance {
  if (typeof by === "number" || typeof by === "string") return { by };
  if (typeof by === "object" && by !== null && ("by" in by || "to" in by)) return by;
  throw invalid("advance", 'expected milliseconds, a text such as "61s", or { to: "<time>" }');
}
