/**
 * Waits, in real time, until `met` says yes.
 * @param changed calls back whenever `met` may have come true; answers what ends that
 * @param patienceMs milliseconds of real time
 * @param end ends the wait; `met` is not asked then
 * @returns whether it came true in time
 */
export function waitFor(
  met: () => boolean,
  changed: (listener: () => void) => () => void,
  patienceMs: number,
  end?: AbortSignal,
): Promise<boolean> {
  if (end?.aborted) return Promise.resolve(false);
  if (met()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      forget();
      end?.removeEventListener("abort", giveUp);
      resolve(answer);
    };
    const giveUp = (): void => finish(false);
    const timer = setTimeout(() => finish(met()), patienceMs);
    const forget = changed(() => {
      if (met()) finish(true);
    });
    end?.addEventListener("abort", giveUp);
  });
}
