import { clearTimeout, setImmediate, setTimeout } from "./timers.js";

/** How long an advance waits for external work, milliseconds of real time. */
const TIMEOUT_MS = 1_000;

/** Work outside a clock that an advance waits for, such as a request to a webhook. It may schedule jobs. */
export class ExternalWork {
  readonly #work = new Set<Promise<unknown>>();

  add(work: Promise<unknown>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work)).catch(() => undefined);
  }

  /** Waits for all of it. After {@link TIMEOUT_MS} it counts as hanging, and its timeout on the clock can run. */
  async settled(): Promise<void> {
    if (this.#work.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MS);
    });
    while (this.#work.size > 0) {
      const all = Promise.allSettled(this.#work).then(() => "settled" as const);
      if ((await Promise.race([all, timeout])) !== "settled") break;
      // Its jobs and further external work are known a turn later.
      await nextTurn();
    }
    clearTimeout(timer);
  }
}

/** Resolves in a later turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
