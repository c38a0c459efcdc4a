/** The counts of one millisecond. */
export interface Bucket {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly requests: number;
  readonly tokens: number;
}

/** A bucket is three numbers in one array, so that a small ring is one small object. */
const STRIDE = 3;
const REQUESTS = 1;
const TOKENS = 2;

const FIRST_CAPACITY = 2;
/** An empty ring with more buckets than this frees its memory. */
const IDLE_CAPACITY = 16;

const NO_ROWS = new Float64Array(0);

/**
 * Buckets in ascending order of `at`, in a ring that doubles when it is full. Positions count from 0 and stay valid
 * until their bucket is dropped or another is inserted before it.
 */
export class BucketRing {
  #rows = NO_ROWS;
  /** Capacity minus one; the capacity is a power of two. */
  #mask = -1;
  #head = 0;
  #end = 0;

  /** Position of the oldest bucket; `end` when empty. */
  get head(): number {
    return this.#head;
  }

  /** Position after the newest bucket. */
  get end(): number {
    return this.#end;
  }

  at(position: number): number {
    return this.#rows[this.#index(position)] ?? 0;
  }

  requests(position: number): number {
    return this.#rows[this.#index(position) + REQUESTS] ?? 0;
  }

  tokens(position: number): number {
    return this.#rows[this.#index(position) + TOKENS] ?? 0;
  }

  add(position: number, requests: number, tokens: number): void {
    const index = this.#index(position);
    this.#rows[index + REQUESTS] = (this.#rows[index + REQUESTS] ?? 0) + requests;
    this.#rows[index + TOKENS] = (this.#rows[index + TOKENS] ?? 0) + tokens;
  }

  /** Position of the first bucket at or after `at`, or `end`. Tries the newest first, then binary search. */
  find(at: number): number {
    if (this.#head === this.#end || this.at(this.#end - 1) < at) return this.#end;
    let low = this.#head;
    let high = this.#end - 1;
    if (this.at(high) === at) return high;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.at(middle) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Inserts an empty bucket at `position` and moves the later ones; at the end nothing moves. */
  insert(position: number, at: number): void {
    if (this.#end - this.#head > this.#mask) this.#grow();
    for (let from = this.#end - 1; from >= position; from -= 1) this.#copy(from, from + 1);
    const index = this.#index(position);
    this.#rows[index] = at;
    this.#rows[index + REQUESTS] = 0;
    this.#rows[index + TOKENS] = 0;
    this.#end += 1;
  }

  /** Drops all buckets before `position`. */
  dropBefore(position: number): void {
    this.#head = position;
    if (position === this.#end && this.#mask >= IDLE_CAPACITY) {
      this.#rows = NO_ROWS;
      this.#mask = -1;
    }
  }

  #index(position: number): number {
    return (position & this.#mask) * STRIDE;
  }

  #copy(from: number, to: number): void {
    const source = this.#index(from);
    this.#rows.copyWithin(this.#index(to), source, source + STRIDE);
  }

  #grow(): void {
    const old = this.#rows;
    const oldMask = this.#mask;
    const capacity = old.length === 0 ? FIRST_CAPACITY : (oldMask + 1) * 2;
    this.#rows = new Float64Array(capacity * STRIDE);
    this.#mask = capacity - 1;
    for (let position = this.#head; position < this.#end; position += 1) {
      const source = (position & oldMask) * STRIDE;
      this.#rows.set(old.subarray(source, source + STRIDE), this.#index(position));
    }
  }
}
