import { clearInterval, setInterval } from "./timers.js";

/** Does `work` again and again, in real time. @returns what ends it */
export function every(milliseconds: number, work: () => void): () => void {
  const timer = setInterval(work, milliseconds);
  return () => clearInterval(timer);
}
