import type { LimitType } from "../model.js";
import { BucketRing } from "./buckets.js";

/** Sums of the buckets from position `tail` on, which are those of the last `length` milliseconds. */
interface Window {
  readonly length: number;
  tail: number;
  requests: number;
  tokens: number;
}

/**
 * Requests and tokens in several rolling windows over one set of buckets per millisecond. Exact: a count at `t` leaves
 * its window at `t + length` (L-3). Constant time per request on average, and at most one bucket per millisecond of the
 * longest window.
 */
export class RollingCounts {
  readonly #ring = new BucketRing();
  readonly #windows: readonly Window[];
  readonly #longest: number;
  /** The latest instant seen; the sums are exact for it. */
  #now = Number.NEGATIVE_INFINITY;

  /** @param lengths of the windows, in milliseconds, shortest first */
  constructor(...lengths: readonly number[]) {
    this.#windows = lengths.map((length) => ({ length, tail: 0, requests: 0, tokens: 0 }));
    this.#longest = lengths.at(-1) ?? 0;
  }

  /**
   * Moves the windows to `now`.
   * @returns the instant of the sums: `now`, or a later one seen before
   */
  advance(now: number): number {
    if (now <= this.#now) return this.#now;
    this.#now = now;
    const ring = this.#ring;
    if (ring.head === ring.end) return now;
    let passed = ring.head;
    for (const window of this.#windows) {
      while (window.tail < ring.end && ring.at(window.tail) + window.length <= now) {
        window.requests -= ring.requests(window.tail);
        window.tokens -= ring.tokens(window.tail);
        window.tail += 1;
      }
      passed = window.tail;
    }
    if (passed > ring.head) ring.dropBefore(passed);
    return now;
  }

  /** Counts at the instant `at`. Windows that start later ignore it. */
  add(at: number, requests: number, tokens: number): void {
    if (at + this.#longest <= this.#now) return;
    const position = this.#ring.find(at);
    if (position === this.#ring.end || this.#ring.at(position) !== at) this.#insert(position, at);
    this.#ring.add(position, requests, tokens);
    for (const window of this.#windows) {
      if (at + window.length > this.#now) {
        window.requests += requests;
        window.tokens += tokens;
      }
    }
  }

  /** What counts in the window of that index at the latest instant seen. */
  sum(index: number, type: LimitType): number {
    const window = this.#windows[index];
    if (window === undefined) return 0;
    return type === "REQUEST" ? window.requests : window.tokens;
  }

  /**
   * When the window's sum is below `threshold`, if nothing more is counted: `now` or later; null: never (`threshold` of 0
   * or less). Reads all buckets of the window in the worst case.
   */
  roomAt(index: number, type: LimitType, threshold: number, now: number): number | null {
    const instant = this.advance(now);
    const window = this.#windows[index];
    let left = this.sum(index, type);
    if (left < threshold) return instant;
    if (window === undefined) return null;
    for (let position = window.tail; position < this.#ring.end; position += 1) {
      left -= type === "REQUEST" ? this.#ring.requests(position) : this.#ring.tokens(position);
      if (left < threshold) return this.#ring.at(position) + window.length;
    }
    return null;
  }

  #insert(position: number, at: number): void {
    this.#ring.insert(position, at);
    // A window that has passed `at` keeps its tail on the bucket that just moved up.
    for (const window of this.#windows) if (at + window.length <= this.#now) window.tail += 1;
  }
}
