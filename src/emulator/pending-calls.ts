import { waitFor } from "../runtime/wait.js";

/**
 * Calls under way, which a stop waits for: `return gateway.requests()` in a function with `await using gateway` calls
 * first and stops at once.
 */
export class PendingCalls {
  readonly #calls = new Map<Promise<unknown>, () => void>();
  #onFinished: () => void = () => {};

  get size(): number {
    return this.#calls.size;
  }

  /** @param breakOff ends it early */
  add(end: Promise<unknown>, breakOff: () => void = () => {}): void {
    this.#calls.set(end, breakOff);
    const finish = (): void => {
      this.#calls.delete(end);
      this.#onFinished();
    };
    end.then(finish, finish);
  }

  /** Resolves when none is under way, the time is over, or `end` ends the wait. */
  async finished(timeoutMs: number, end?: AbortSignal): Promise<void> {
    await waitFor(
      () => this.#calls.size === 0,
      (listener) => {
        this.#onFinished = listener;
        return () => {};
      },
      timeoutMs,
      end,
    );
  }

  /** Ends those under way. */
  breakOff(): void {
    for (const breakOff of this.#calls.values()) breakOff();
  }
}
