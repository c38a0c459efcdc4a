/** A scheduled job. */
export interface QueuedJob {
  readonly at: number;
  readonly order: number;
  readonly label: string;
  readonly job: () => void | Promise<void>;
  readonly dropped: () => void;
  cancelled: boolean;
}

/** Fewer cancelled jobs than this are not removed early. */
const MIN_CANCELLED = 64;

/** Jobs by time, ties in the order of adding. A binary heap: O(log n) to add and remove. */
export class JobQueue {
  #heap: QueuedJob[] = [];
  #cancelled = 0;
  #order = 0;

  add(at: number, label: string, job: () => void | Promise<void>, dropped: () => void): QueuedJob {
    const entry: QueuedJob = { at, order: this.#order++, label, job, dropped, cancelled: false };
    this.#push(entry);
    return entry;
  }

  /** Safe to call twice. Cancelled jobs are removed when they are half of all. */
  cancel(entry: QueuedJob): void {
    if (entry.cancelled) return;
    entry.cancelled = true;
    this.#cancelled++;
    if (this.#cancelled < MIN_CANCELLED || this.#cancelled * 2 < this.#heap.length) return;
    this.#keep(this.#heap.filter(({ cancelled }) => !cancelled));
  }

  /** Number of jobs, including cancelled ones. */
  get size(): number {
    return this.#heap.length;
  }

  /** The first job that is not cancelled. */
  peek(): QueuedJob | undefined {
    while (this.#heap[0]?.cancelled) {
      this.#cancelled--;
      this.#removeFirst();
    }
    return this.#heap[0];
  }

  pop(): QueuedJob | undefined {
    const first = this.peek();
    if (first) this.#removeFirst();
    return first;
  }

  /** Removes the jobs that are due later than `after`. @returns them, unordered */
  clear(after: number): QueuedJob[] {
    const waiting = this.#heap.filter(({ cancelled }) => !cancelled);
    this.#keep(waiting.filter(({ at }) => at <= after));
    return waiting.filter(({ at }) => at > after);
  }

  #keep(entries: readonly QueuedJob[]): void {
    this.#heap = [];
    this.#cancelled = 0;
    for (const entry of entries) this.#push(entry);
  }

  #push(entry: QueuedJob): void {
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfBefore(heap, at, parent)) return;
      at = parent;
    }
  }

  #sink(from: number): void {
    const heap = this.#heap;
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = right < heap.length && before(heap[right], heap[left]) ? right : left;
      if (child >= heap.length || !this.#swapIfBefore(heap, child, at)) return;
      at = child;
    }
  }

  #swapIfBefore(heap: QueuedJob[], child: number, parent: number): boolean {
    const lower = heap[child];
    const upper = heap[parent];
    if (!lower || !upper || !before(lower, upper)) return false;
    heap[child] = upper;
    heap[parent] = lower;
    return true;
  }
}

function before(a: QueuedJob | undefined, b: QueuedJob | undefined): boolean {
  if (!a || !b) return false;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
