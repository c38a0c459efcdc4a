import { MAX_TIMER_MS } from "./max-timer.js";
import { clearTimeout, setTimeout } from "./timers.js";

/**
 * Waits, in real time, until `condition` is true.
 * @param subscribe registers a listener for changes of the condition and returns a function that removes it
 * @param timeoutMs milliseconds of real time
 * @param end ends the wait early
 * @returns false after the timeout, or when the wait was ended
 */
export function waitFor(
  condition: () => boolean,
  subscribe: (listener: () => void) => () => void,
  timeoutMs: number,
  end?: AbortSignal,
): Promise<boolean> {
  if (end?.aborted) return Promise.resolve(false);
  if (condition()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (result: boolean): void => {
      clearTimeout(timer);
      unsubscribe();
      end?.removeEventListener("abort", giveUp);
      resolve(result);
    };
    const giveUp = (): void => finish(false);
    const timer = setTimeout(() => finish(condition()), Math.min(timeoutMs, MAX_TIMER_MS));
    const unsubscribe = subscribe(() => {
      if (condition()) finish(true);
    });
    end?.addEventListener("abort", giveUp);
  });
}
