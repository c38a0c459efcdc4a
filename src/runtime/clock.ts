import { isoTime } from "../domain/iso-time.js";
import { ExternalWork, nextTurn } from "./external-work.js";
import { JobQueue, type QueuedJob } from "./job-queue.js";
import { steadyMachineTime } from "./machine-time.js";
import { clearTimeout, setTimeout } from "./timers.js";

/** The state of a world's clock. `running` is real time plus an offset, after a set or an advance. */
export type ClockState =
  | { readonly mode: "real" }
  | { readonly mode: "running"; readonly offsetMs: number }
  | { readonly mode: "frozen"; readonly at: number };

/** A job that an advance ran: its label and due time. */
export interface FiredJob {
  readonly at: number;
  readonly job: string;
}

/** Cancels a scheduled job. Does nothing when the job has run. */
export type Cancel = () => void;

/** Thrown instead of moving the clock back. */
export class ClockError extends Error {}

/** Node's timers do not notice a step of the machine's clock, so the time is read again after this; milliseconds. */
const RECHECK_MS = 1_000;

/**
 * The time of a world: real, shifted or frozen. All timers of the world run on its clock, so that a test can advance
 * time and run the due jobs in order.
 */
export class Clock {
  readonly #system: () => number;
  readonly #queue = new JobQueue();
  #state: ClockState;
  #lastTime = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  readonly #external = new ExternalWork();
  #advancing: Promise<unknown> = Promise.resolve();
  #isAdvancing = false;
  #runningDueJobs = false;
  #closed = false;
  /** Counts restores, so that a running advance stops after one. */
  #epoch = 0;
  #onChange: (state: ClockState) => void = () => {};

  /**
   * @param state initial state
   * @param system epoch milliseconds of the machine; the clocks of one emulator share it
   */
  constructor(state: ClockState = { mode: "real" }, system: () => number = steadyMachineTime()) {
    this.#state = state;
    this.#system = system;
  }

  /** Whole epoch milliseconds; never goes back. */
  now(): number {
    const now = this.#currentTime();
    if (now > this.#lastTime) this.#lastTime = now;
    return this.#lastTime;
  }

  get state(): ClockState {
    return this.#state;
  }

  /** Calls back with every new state, so that it can be stored. */
  onChange(listener: (state: ClockState) => void): void {
    this.#onChange = listener;
  }

  /** Stops time now. */
  freeze(): void {
    this.#setState({ mode: "frozen", at: this.now() });
  }

  /** Returns to the machine's time. @throws ClockError when the clock is ahead of it */
  goReal(): void {
    const real = this.#system();
    if (real < this.now()) {
      throw new ClockError(
        `The clock is at ${isoTime(this.now())}, ahead of real time ${isoTime(real)}, and cannot go back. Reset the world instead.`,
      );
    }
    this.#setState({ mode: "real" });
  }

  /** Sets the state without running due jobs; may go back. `POST clock {set}` uses {@link advanceTo}. */
  restore(state: ClockState): void {
    this.#epoch++;
    this.#lastTime = Number.NEGATIVE_INFINITY;
    this.#setState(state);
  }

  /**
   * Runs `job` at `at`, or as soon as possible if that has passed. A frozen clock runs it in {@link advanceTo}.
   * @param label name of the job in the result of an advance
   * @param dropped called when {@link clear} drops the job
   */
  schedule(
    at: number,
    label: string,
    job: () => void | Promise<void>,
    dropped: () => void = () => {},
  ): Cancel {
    const entry = this.#queue.add(at, label, job, dropped);
    this.#setTimer();
    return () => this.#queue.cancel(entry);
  }

  /** Runs due work now, because a frozen clock would never run it, and schedules other work. */
  runAt(at: number, label: string, work: () => void): void {
    if (at <= this.now()) work();
    else this.schedule(at, label, work);
  }

  /** Runs work in a later turn of the event loop, unless stopped, so that no answer waits for it. An advance waits. */
  runInLaterTurn(work: () => void, stop: AbortSignal): void {
    this.waitForExternal(nextTurn().then(() => (stop.aborted ? undefined : work())));
  }

  /** Makes an advance wait for work outside the clock, at most a second of real time. */
  waitForExternal(work: Promise<unknown>): void {
    this.#external.add(work);
  }

  /**
   * Advances to `target` from job to job in order of time, and waits for each job. Simultaneous advances run one after
   * the other.
   * @param target a time, or a function of the time at which this advance begins
   * @returns the jobs that ran
   * @throws ClockError when `target` is before now
   */
  advanceTo(target: number | ((now: number) => number)): Promise<FiredJob[]> {
    const run = this.#advancing.then(() => this.#advance(target));
    this.#advancing = run.catch(() => undefined);
    return run;
  }

  /**
   * Drops all jobs.
   * @param after only jobs that are due later than this time
   */
  clear(after = Number.NEGATIVE_INFINITY): void {
    for (const entry of this.#queue.clear(after)) entry.dropped();
    this.#setTimer();
  }

  close(): void {
    this.#closed = true;
    this.clear();
  }

  async #advance(where: number | ((now: number) => number)): Promise<FiredJob[]> {
    const from = this.now();
    const target = typeof where === "number" ? where : where(from);
    if (target < from) {
      throw new ClockError(
        `The clock is at ${isoTime(from)} and cannot go back to ${isoTime(target)}. Reset the world instead.`,
      );
    }
    const fired: FiredJob[] = [];
    const epoch = this.#epoch;
    this.#isAdvancing = true;
    try {
      for (;;) {
        await this.#external.settled();
        if (this.#epoch !== epoch) return fired;
        const entry = this.#queue.peek();
        if (!entry || entry.at > target) break;
        this.#queue.pop();
        this.#setTime(Math.max(entry.at, this.now()));
        fired.push({ at: this.now(), job: entry.label });
        await entry.job();
        // Lets the job's effects run and schedule further jobs before time moves on.
        await nextTurn();
        if (this.#epoch !== epoch) return fired;
      }
      this.#setTime(Math.max(target, this.now()));
    } finally {
      this.#isAdvancing = false;
      this.#onChange(this.#state);
      this.#setTimer();
    }
    return fired;
  }

  #currentTime(): number {
    switch (this.#state.mode) {
      case "frozen":
        return this.#state.at;
      case "running":
        return this.#system() + this.#state.offsetMs;
      case "real":
        return this.#system();
    }
  }

  /** Sets the time without a callback; {@link #advance} calls back once at its end. */
  #setTime(at: number): void {
    this.#state =
      this.#state.mode === "frozen"
        ? { mode: "frozen", at }
        : { mode: "running", offsetMs: at - this.#system() };
    this.now();
  }

  #setState(state: ClockState): void {
    this.#state = state;
    this.now();
    this.#onChange(state);
    this.#setTimer();
  }

  /** Sets the only real timer to the next job, unless the clock is frozen. */
  #setTimer(): void {
    if (this.#runningDueJobs) return;
    const next = this.#queue.peek();
    const timerAt =
      next && !this.#isAdvancing && !this.#closed && this.#state.mode !== "frozen"
        ? next.at
        : Number.POSITIVE_INFINITY;
    if (timerAt === this.#timerAt) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = timerAt;
    if (timerAt === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(Math.max(0, timerAt - this.now()), RECHECK_MS);
    this.#timer = setTimeout(() => this.#runDueJobs(), delay);
  }

  /** Runs all jobs that are due in real time. */
  #runDueJobs(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.now();
    // Jobs may schedule further jobs; the timer is set once at the end.
    this.#runningDueJobs = true;
    for (let entry = this.#queue.peek(); entry && entry.at <= now; entry = this.#queue.peek()) {
      this.#queue.pop();
      run(entry);
    }
    this.#runningDueJobs = false;
    this.#setTimer();
  }
}

/** Runs a job. Nothing awaits it, so a failure becomes a warning and does not end the process. */
function run(entry: QueuedJob): void {
  const report = (cause: unknown): void =>
    process.emitWarning(`A job on the clock failed: ${entry.label}: ${String(cause)}`);
  try {
    entry.job()?.catch(report);
  } catch (cause) {
    report(cause);
  }
}
