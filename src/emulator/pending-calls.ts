import { waitFor } from "../runtime/wait.js";

/**
 * Calls under way, which a stop waits for: `return gateway.requests()` in a function with `await using gateway` calls
 * first and stops at once.
 */
export class PendingCalls {
  readonly #ends = new Set<Promise<unknown>>();
  #onFinished: () => void = () => {};

  get size(): number {
    return this.#ends.size;
  }

  add(end: Promise<unknown>): void {
    this.#ends.add(end);
    const finish = (): void => {
      this.#ends.delete(end);
      this.#onFinished();
    };
    end.then(finish, finish);
  }

  /** Resolves when none is under way, or the time is over. */
  async finished(patienceMs: number): Promise<void> {
    await waitFor(
      () => this.#ends.size === 0,
      (listener) => {
        this.#onFinished = listener;
        return () => {};
      },
      patienceMs,
    );
  }
}
