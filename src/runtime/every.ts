import { clearInterval, setInterval } from "./timers.js";

/** Does `work` again and again, in real time, which does not keep the process alive. @returns what ends it */
export function every(milliseconds: number, work: () => void): () => void {
  const timer = setInterval(work, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
