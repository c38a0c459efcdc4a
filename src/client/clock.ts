import type { Advance, ClockView, FiredJob } from "../services/time.js";
import type { ControlApi } from "./control-api.js";

/** The world's clock, from a test. */
export interface ClockApi {
  /** Mode, time and offset. */
  read(): Promise<ClockView>;
  /** Stops it at the present time. */
  freeze(): Promise<void>;
  /** Jumps forward to an ISO 8601 time. Returns the jobs that ran on the way. */
  set(time: string): Promise<readonly FiredJob[]>;
  /** Back to the machine's time. */
  real(): Promise<void>;
  /**
   * Moves it on: `"61s"`, milliseconds, or `{ to }` an ISO 8601 time, `next_window` (when every rolling
   * window is empty) or `next_midnight`. Returns the jobs that ran, in order.
   */
  advance(by: number | string | Advance): Promise<readonly FiredJob[]>;
}

interface FiredJson {
  readonly fired: readonly { readonly at: string; readonly job: string }[];
}

/** `clock` of a world. @throws ControlError from every member, for an invalid time or one in the past */
export function clockApi(control: ControlApi): ClockApi {
  return {
    read: () => control.get("clock"),
    freeze: () => control.command("clock", { freeze: true }),
    set: async (time) => firedOf(await control.post("clock", { set: time })),
    real: () => control.command("clock", { real: true }),
    advance: async (by) => firedOf(await control.post("clock/advance", advanceOf(by))),
  };
}

function advanceOf(by: number | string | Advance): Advance {
  if (typeof by === "number" || typeof by === "string") return { by };
  if (typeof by === "object" && by !== null && ("by" in by || "to" in by)) return by;
  throw new TypeError('advance: expected milliseconds, a text such as "61s", or { to: "<time>" }');
}

function firedOf({ fired }: FiredJson): readonly FiredJob[] {
  return fired.map(({ at, job }) => ({ at: Date.parse(at), job }));
}
