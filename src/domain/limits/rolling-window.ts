import { RollingCounts } from "./rolling.js";

/** At most `threshold` hits in any `length` milliseconds, for the management API's limit per route. */
export class RollingWindow {
  readonly #counts: RollingCounts;
  readonly #threshold: number;

  /**
   * @param length of the window, milliseconds
   * @param threshold maximum hits, at least 1
   */
  constructor(length: number, threshold: number) {
    this.#counts = new RollingCounts(length);
    this.#threshold = threshold;
  }

  /** Counts a hit at `now` and returns true; over the threshold it counts nothing and returns false. */
  hit(now: number): boolean {
    const instant = this.#counts.advance(now);
    if (this.#counts.sum(0, "REQUEST") >= this.#threshold) return false;
    this.#counts.add(instant, 1, 0);
    return true;
  }

  /** When the next hit is allowed: `now` or later; null: never. */
  roomAt(now: number): number | null {
    return this.#counts.roomAt(0, "REQUEST", this.#threshold, now);
  }
}
