/**
 * Waits, in real time, until `met` says yes.
 * @param changed calls back whenever `met` may have come true; answers what ends that
 * @param patienceMs milliseconds of real time
 * @returns whether it came true in time
 */
export function waitFor(
  met: () => boolean,
  changed: (listener: () => void) => () => void,
  patienceMs: number,
): Promise<boolean> {
  if (met()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      forget();
      resolve(answer);
    };
    const timer = setTimeout(() => end(met()), patienceMs);
    const forget = changed(() => {
      if (met()) end(true);
    });
  });
}
