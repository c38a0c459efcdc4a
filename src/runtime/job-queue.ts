/** A job waiting for its instant. */
export interface QueuedJob {
  readonly at: number;
  readonly order: number;
  readonly label: string;
  readonly job: () => void | Promise<void>;
  readonly dropped: () => void;
  cancelled: boolean;
}

/** Fewer cancelled jobs than these are not worth sorting out. */
const FEW = 64;

/** Jobs by time, ties in the order they were added: a binary heap, O(log n) to add and take. */
export class JobQueue {
  #heap: QueuedJob[] = [];
  #cancelled = 0;
  #order = 0;

  add(at: number, label: string, job: () => void | Promise<void>, dropped: () => void): QueuedJob {
    const entry: QueuedJob = { at, order: this.#order++, label, job, dropped, cancelled: false };
    this.#push(entry);
    return entry;
  }

  /** Again, or too late, it is harmless. What is cancelled goes when it is half of all, so that none piles up. */
  cancel(entry: QueuedJob): void {
    if (entry.cancelled) return;
    entry.cancelled = true;
    this.#cancelled++;
    if (this.#cancelled < FEW || this.#cancelled * 2 < this.#heap.length) return;
    this.#keep(this.#heap.filter(({ cancelled }) => !cancelled));
  }

  /** How many are held, cancelled ones too. */
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

  /** Takes out what is due later than `after`. @returns it, in no order */
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

  #swapIfBefore(heap: QueuedJob[], one: number, other: number): boolean {
    const first = heap[one];
    const second = heap[other];
    if (!first || !second || !before(first, second)) return false;
    heap[one] = second;
    heap[other] = first;
    return true;
  }
}

function before(one: QueuedJob | undefined, other: QueuedJob | undefined): boolean {
  if (!one || !other) return false;
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
