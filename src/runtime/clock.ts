import { JobQueue, type QueuedJob } from "./job-queue.js";

/** How a world's clock moves. `running` is real time plus an offset, the result of a set or an advance. */
export type ClockState =
  | { readonly mode: "real" }
  | { readonly mode: "running"; readonly offsetMs: number }
  | { readonly mode: "frozen"; readonly at: number };

/** A job that `advance` ran: its label and the instant it was due. */
export interface FiredJob {
  readonly at: number;
  readonly job: string;
}

/** Cancels a scheduled job; harmless when it has run. */
export type Cancel = () => void;

/** Thrown when somebody asks the clock to go back. */
export class ClockError extends Error {}

/** The longest delay a Node timer takes, milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How long an advance waits for work outside the clock, milliseconds of real time. */
const PATIENCE_MS = 1_000;

/**
 * One source of time for a world: real, shifted or frozen. Everything that waits waits here, so that a test
 * can move time and see what falls due, in order.
 */
export class Clock {
  readonly #system: () => number;
  readonly #queue = new JobQueue();
  #state: ClockState;
  #latest = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Work outside the clock that an advance waits for, such as a request to a receiver. */
  readonly #held = new Set<Promise<unknown>>();
  #advancing: Promise<unknown> = Promise.resolve();
  #busy = false;
  #ringing = false;
  #closed = false;
  /** Counts restores, so that an advance notices that its world is gone. */
  #epoch = 0;
  #onChange: (state: ClockState) => void = () => {};

  /**
   * @param state where to start
   * @param system epoch milliseconds of the machine; tests may pass their own
   */
  constructor(state: ClockState = { mode: "real" }, system: () => number = Date.now) {
    this.#state = state;
    this.#system = system;
  }

  /** Epoch milliseconds, whole, never going backwards. */
  now(): number {
    const now = this.#read();
    if (now > this.#latest) this.#latest = now;
    return this.#latest;
  }

  get state(): ClockState {
    return this.#state;
  }

  /** Called with every new state, so that it can be stored. */
  onChange(listener: (state: ClockState) => void): void {
    this.#onChange = listener;
  }

  /** Stops time at the present instant. */
  freeze(): void {
    this.#become({ mode: "frozen", at: this.now() });
  }

  /** Back to the machine's time. @throws ClockError when that would go backwards */
  goReal(): void {
    const real = this.#system();
    if (real < this.now()) {
      throw new ClockError(
        `The clock stands at ${iso(this.now())}, ahead of real time ${iso(real)}; going back to real time would run backwards. Reset the world instead.`,
      );
    }
    this.#become({ mode: "real" });
  }

  /** Jumps to an instant without running what falls due on the way one by one. For `POST clock {set}` use {@link advanceTo}. */
  restore(state: ClockState): void {
    this.#epoch++;
    this.#latest = Number.NEGATIVE_INFINITY;
    this.#become(state);
  }

  /**
   * Runs `job` at `at`, or as soon as possible when that has passed. In a frozen world it waits for
   * {@link advanceTo}.
   * @param label what to call it in the answer of an advance
   * @param dropped called in its place when the clock forgets its jobs
   */
  schedule(
    at: number,
    label: string,
    job: () => void | Promise<void>,
    dropped: () => void = () => {},
  ): Cancel {
    const entry = this.#queue.add(at, label, job, dropped);
    this.#arm();
    return () => this.#queue.cancel(entry);
  }

  /**
   * Makes an advance wait for work that goes on outside the clock, because it may schedule what comes next. It
   * waits {@link PATIENCE_MS} of real time at most: what takes longer counts as hanging, and its deadline on
   * this clock falls due.
   */
  waitForExternal(work: Promise<unknown>): void {
    this.#held.add(work);
    void work.finally(() => this.#held.delete(work)).catch(() => undefined);
  }

  /** The instant of the next job, or null. */
  nextJobAt(): number | null {
    return this.#queue.peek()?.at ?? null;
  }

  /**
   * Moves to `target` from job to job in time order, each at its own instant, waiting for each. Moves that
   * come together run one after the other, each from where the one before ended.
   * @param target an instant, or how far to go from the instant at which this move begins
   * @returns what fell due
   * @throws ClockError when `target` lies before now
   */
  advanceTo(target: number | ((now: number) => number)): Promise<FiredJob[]> {
    const run = this.#advancing.then(() => this.#advance(target));
    this.#advancing = run.catch(() => undefined);
    return run;
  }

  /**
   * Drops every job; nothing fires afterwards.
   * @param after only those that are due later than this instant
   */
  clear(after = Number.NEGATIVE_INFINITY): void {
    for (const entry of this.#queue.clear(after)) entry.dropped();
    this.#arm();
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
        `The clock stands at ${iso(from)} and cannot go back to ${iso(target)}; reset the world to start over.`,
      );
    }
    const fired: FiredJob[] = [];
    const epoch = this.#epoch;
    this.#busy = true;
    try {
      for (;;) {
        await this.#heldWork();
        if (this.#epoch !== epoch) return fired;
        const entry = this.#queue.peek();
        if (!entry || entry.at > target) break;
        this.#queue.pop();
        this.#jump(Math.max(entry.at, this.now()));
        fired.push({ at: this.now(), job: entry.label });
        await entry.job();
        // Lets answers that the job released settle, and schedule what comes next, before time moves on.
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (this.#epoch !== epoch) return fired;
      }
      this.#jump(Math.max(target, this.now()));
    } finally {
      this.#busy = false;
      this.#onChange(this.#state);
      this.#arm();
    }
    return fired;
  }

  async #heldWork(): Promise<void> {
    if (this.#held.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    while (this.#held.size > 0) {
      const all = Promise.allSettled(this.#held).then(() => "settled" as const);
      if ((await Promise.race([all, patience])) !== "settled") break;
      // What it scheduled, or what it holds next, is known a turn later.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    clearTimeout(timer);
  }

  #read(): number {
    switch (this.#state.mode) {
      case "frozen":
        return this.#state.at;
      case "running":
        return this.#system() + this.#state.offsetMs;
      case "real":
        return this.#system();
    }
  }

  /** Sets `now` without telling anyone; {@link #advance} reports once at its end. */
  #jump(at: number): void {
    this.#state =
      this.#state.mode === "frozen"
        ? { mode: "frozen", at }
        : { mode: "running", offsetMs: at - this.#system() };
    this.now();
  }

  #become(state: ClockState): void {
    this.#state = state;
    this.now();
    this.#onChange(state);
    this.#arm();
  }

  /** Sets the one real timer to the next job, unless time stands still. */
  #arm(): void {
    if (this.#ringing) return;
    const next = this.#queue.peek();
    const wanted =
      next && !this.#busy && !this.#closed && this.#state.mode !== "frozen"
        ? next.at
        : Number.POSITIVE_INFINITY;
    if (wanted === this.#timerAt) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = wanted;
    if (wanted === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(Math.max(0, wanted - this.now()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#ring(), delay);
  }

  /** Starts every job that is due in real time; a failing one is its own owner's to handle. */
  #ring(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.now();
    // Each job may schedule the next one; the timer is set once, when all have run.
    this.#ringing = true;
    for (let entry = this.#queue.peek(); entry && entry.at <= now; entry = this.#queue.peek()) {
      this.#queue.pop();
      run(entry);
    }
    this.#ringing = false;
    this.#arm();
  }
}

/** A job that fails in real time has nobody waiting for it; it must not take the process down. */
function run(entry: QueuedJob): void {
  const report = (cause: unknown): void =>
    process.emitWarning(`a job of the clock failed: ${entry.label}: ${String(cause)}`);
  try {
    entry.job()?.catch(report);
  } catch (cause) {
    report(cause);
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
