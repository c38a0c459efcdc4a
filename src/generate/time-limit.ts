import { runInNewContext } from "node:vm";
import { isObject } from "./schema.js";

/** A task took longer than it may. */
export class TimeLimitError extends Error {
  constructor(milliseconds: number) {
    super(`took longer than ${milliseconds} ms`);
    this.name = "TimeLimitError";
  }
}

/**
 * Runs a synchronous task that may never end by itself, such as matching a hostile regular expression. Node stops
 * it wherever it is, so it must not leave anything half done behind. About half a millisecond of overhead.
 * @throws TimeLimitError, or what the task throws
 */
export function runWithin<T>(milliseconds: number, task: () => T): T {
  const done: T[] = [];
  const run = () => {
    done.push(task());
  };
  try {
    runInNewContext("run()", { run }, { timeout: milliseconds });
  } catch (error) {
    // Not `instanceof Error`: the error is of the other context's own class.
    if (isObject(error) && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
      throw new TimeLimitError(milliseconds);
    }
    throw error;
  }
  const [value] = done;
  if (value === undefined) throw new TypeError("the task has no result");
  return value;
}
