/** A scheduled job. */
export interface QueuedJob {
  readonly at: number;
  readonly label: string;
  readonly job: () => void | Promise<void>;
  readonly dropped: () => void;
}

/** Jobs by time, ties in the order of adding. */
export class JobQueue {
  readonly #byTime = new Map<number, SimultaneousJobs>();
  /** The times that have jobs, the next one last. Streams share few of them, so that adding is mostly a look-up. */
  readonly #times: number[] = [];

  add(at: number, label: string, job: () => void | Promise<void>, dropped: () => void): QueuedJob {
    const entry: QueuedJob = { at, label, job, dropped };
    let jobs = this.#byTime.get(at);
    if (!jobs) {
      jobs = new SimultaneousJobs();
      this.#byTime.set(at, jobs);
      this.#times.splice(this.#placeOf(at), 0, at);
    }
    jobs.add(entry);
    return entry;
  }

  /** Does nothing to a job that was popped, cleared or cancelled. */
  cancel(entry: QueuedJob): void {
    const jobs = this.#byTime.get(entry.at);
    if (!jobs?.delete(entry) || jobs.size > 0) return;
    this.#byTime.delete(entry.at);
    this.#times.splice(this.#placeOf(entry.at), 1);
  }

  /** The next job. */
  peek(): QueuedJob | undefined {
    const at = this.#times.at(-1);
    return at === undefined ? undefined : this.#byTime.get(at)?.first;
  }

  pop(): QueuedJob | undefined {
    const first = this.peek();
    if (first) this.cancel(first);
    return first;
  }

  /** Removes the jobs that are due later than `after`. @returns them, the last ones first */
  clear(after: number): QueuedJob[] {
    const cleared = this.#times.filter((at) => at > after).flatMap((at) => [...(this.#byTime.get(at) ?? [])]);
    for (const entry of cleared) this.cancel(entry);
    return cleared;
  }

  /** Where a time is in `#times`, or belongs. */
  #placeOf(at: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? at) > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Jobs of one time, in the order of adding. */
class SimultaneousJobs extends Set<QueuedJob> {
  /** Goes on behind what it has passed: a new one would step over all that was deleted. */
  readonly #order = this.values();
  #first: QueuedJob | undefined;

  get first(): QueuedJob | undefined {
    this.#first ??= this.#order.next().value;
    return this.#first;
  }

  override delete(entry: QueuedJob): boolean {
    if (this.#first === entry) this.#first = undefined;
    return super.delete(entry);
  }
}
