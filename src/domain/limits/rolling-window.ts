import { RollingCounts } from "./rolling.js";

/** At most `threshold` hits in any `length` milliseconds, as the management API's limit per route. */
export class RollingWindow {
  readonly #counts: RollingCounts;
  readonly #threshold: number;

  /**
   * @param length of the window, in milliseconds
   * @param threshold most hits in it, at least 1
   */
  constructor(length: number, threshold: number) {
    this.#counts = new RollingCounts(length);
    this.#threshold = threshold;
  }

  /** Counts one hit at `now` and answers true; over the threshold it counts nothing and answers false. */
  hit(now: number): boolean {
    const instant = this.#counts.advance(now);
    if (this.#counts.sum(0, "REQUEST") >= this.#threshold) return false;
    this.#counts.add(instant, 1, 0);
    return true;
  }

  /** The first instant from `now` on at which a hit is allowed; null when none ever is. */
  roomAt(now: number): number | null {
    return this.#counts.roomAt(0, "REQUEST", this.#threshold, now);
  }
}
