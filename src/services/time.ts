import { DURATION_FORM, parseDuration } from "../domain/duration.js";
import { invalid } from "../domain/errors.js";
import { isoTime } from "../domain/iso-time.js";
import { DAY_MS, nextMidnight, SECOND_MS } from "../domain/limits/time.js";
import { ClockError, type FiredJob } from "../runtime/clock.js";
import type { Limits } from "./limits.js";
import type { WorldContext } from "./world-context.js";

export type { FiredJob };

/** How far to advance the clock: by a duration (milliseconds or `61s`), or to a time. */
export type Advance =
  | { readonly by: number | string }
  /** ISO 8601, `next_window` or `next_midnight`. */
  | { readonly to: string };

/** The state of the clock, for the control API. */
export interface ClockView {
  /** ISO 8601 with milliseconds. */
  readonly now: string;
  readonly mode: "real" | "running" | "frozen";
  readonly frozen: boolean;
  /** Offset to the machine's clock, milliseconds; null while frozen. */
  readonly offset_ms: number | null;
}

/** The last time of JavaScript dates, less one day for calculations. */
const LAST_INSTANT = 8.64e15 - DAY_MS;

/** Moves the world's clock, for the control API. */
export class Time {
  readonly #context: WorldContext;
  readonly #limits: Limits;

  constructor(context: WorldContext, limits: Limits) {
    this.#context = context;
    this.#limits = limits;
  }

  view(): ClockView {
    const { clock } = this.#context;
    const { state } = clock;
    const frozen = state.mode === "frozen";
    return {
      now: isoTime(clock.now()),
      mode: state.mode,
      frozen,
      offset_ms: frozen ? null : state.mode === "running" ? state.offsetMs : 0,
    };
  }

  freeze(): void {
    this.#context.clock.freeze();
  }

  /** @throws GatewayError `validation` when the clock is ahead of real time */
  real(): void {
    try {
      this.#context.clock.goReal();
    } catch (cause) {
      throw backwards("real", cause);
    }
  }

  /**
   * Moves the clock to a time and runs the due jobs, as {@link advance} does.
   * @throws GatewayError `validation` for an invalid or a past time
   */
  async set(instant: string): Promise<FiredJob[]> {
    const target = instantOf("set", instant);
    return this.#move("set", () => target);
  }

  /**
   * Advances the clock from due job to due job.
   * @returns the jobs that ran, in order
   * @throws GatewayError `validation`
   */
  async advance(advance: Advance): Promise<FiredJob[]> {
    if ("by" in advance) {
      const by = parseDuration(advance.by);
      if (by === null) throw invalid("by", DURATION_FORM);
      return this.#move("by", (now) => now + by);
    }
    return this.#move("to", this.#targetOf(advance.to));
  }

  /** The target time, as a function of the time at which the move begins. */
  #targetOf(to: string): (now: number) => number {
    switch (to) {
      case "next_midnight":
        return nextMidnight;
      case "next_window":
        return (now) => Math.max(this.#limits.windowsEmptyAt(now), now + SECOND_MS);
      default: {
        const target = instantOf("to", to);
        return () => target;
      }
    }
  }

  async #move(field: string, target: (now: number) => number): Promise<FiredJob[]> {
    const checked = (now: number): number => {
      const at = target(now);
      if (at > LAST_INSTANT) throw invalid(field, "the time is too far in the future");
      return at;
    };
    try {
      return await this.#context.clock.advanceTo(checked);
    } catch (cause) {
      throw backwards(field, cause);
    }
  }
}

/** The zone is required: local times differ between machines. */
const INSTANT_FORM = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

function instantOf(field: string, text: string): number {
  const at = INSTANT_FORM.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw invalid(field, 'expected an ISO 8601 time such as "2026-06-18T00:00:00Z"');
  }
  return at;
}

function backwards(field: string, cause: unknown): unknown {
  return cause instanceof ClockError ? invalid(field, cause.message) : cause;
}
