/**
 * Waits, in real time, until `condition` is true.
 * @param subscribe registers a listener for changes of the condition and returns a function that removes it
 * @param timeoutMs milliseconds of real time
 * @returns false after the timeout
 */
export function waitFor(
  condition: () => boolean,
  subscribe: (listener: () => void) => () => void,
  timeoutMs: number,
): Promise<boolean> {
  if (condition()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (result: boolean): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(result);
    };
    const timer = setTimeout(() => end(condition()), timeoutMs);
    const unsubscribe = subscribe(() => {
      if (condition()) end(true);
    });
  });
}
