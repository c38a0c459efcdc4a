import { DURATION_FORM, parseDuration } from "../domain/duration.js";
import { invalid } from "../domain/errors.js";
import { nextMidnight, SECOND_MS } from "../domain/limits/time.js";
import { ClockError, type FiredJob } from "../runtime/clock.js";
import type { Limits } from "./limits.js";
import type { WorldContext } from "./world-context.js";

export type { FiredJob };

/** Where to move time: by a duration (milliseconds or `61s`), or to an instant or a landmark. */
export type Advance =
  | { readonly by: number | string }
  /** ISO 8601, `next_window` or `next_midnight`. */
  | { readonly to: string };

/** How the clock stands. */
export interface ClockView {
  /** ISO 8601 with milliseconds. */
  readonly now: string;
  readonly mode: "real" | "running" | "frozen";
  readonly frozen: boolean;
  /** How far it is ahead of the machine's clock, milliseconds; null while it stands still. */
  readonly offset_ms: number | null;
}

/** The last instant that a JavaScript date can name, less a day for what is computed from it. */
const LAST_INSTANT = 8.64e15 - 86_400_000;

/** The world's clock as tests move it, over HTTP and in process alike. */
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
      now: iso(clock.now()),
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
   * Jumps to an instant; what falls due on the way runs, as {@link advance} runs it.
   * @throws GatewayError `validation` for a time that is none, or lies in the past
   */
  async set(instant: string): Promise<FiredJob[]> {
    const target = instantOf("set", instant);
    return this.#move("set", () => target);
  }

  /**
   * Moves time on, from due job to due job.
   * @returns what fell due, in order
   * @throws GatewayError `validation`
   */
  async advance(advance: Advance): Promise<FiredJob[]> {
    if ("by" in advance) {
      const by = parseDuration(advance.by);
      if (by === null) throw invalid("by", DURATION_FORM);
      return this.#move("by", (now) => now + by);
    }
    return this.#move("to", this.#landmark(advance.to));
  }

  /** Where a landmark is, seen from the instant at which the move begins. */
  #landmark(to: string): (now: number) => number {
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
      if (at > LAST_INSTANT) throw invalid(field, "that is beyond the last instant a date can name");
      return at;
    };
    try {
      return await this.#context.clock.advanceTo(checked);
    } catch (cause) {
      throw backwards(field, cause);
    }
  }
}

/** With a zone: a local time would mean another instant on each machine. */
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

function iso(at: number): string {
  return new Date(at).toISOString();
}
