import { runInNewContext } from "node:vm";

/** A task exceeded its time limit. */
export class TimeLimitError extends Error {
  constructor(milliseconds: number) {
    super(`took longer than ${milliseconds} ms`);
    this.name = "TimeLimitError";
  }
}

/**
 * Runs a synchronous task that may never end, such as matching a hostile regular expression. Node can stop it at any
 * point, so it must not leave state half changed. Node measures the time in a thread of its own, so fake timers do not
 * matter. The overhead is about half a millisecond.
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
    // `instanceof Error` would fail: the error belongs to the other context.
    const { code } = error as { readonly code?: unknown };
    throw code === "ERR_SCRIPT_EXECUTION_TIMEOUT" ? new TimeLimitError(milliseconds) : error;
  }
  const [value] = done;
  if (value === undefined) throw new TypeError("the task has no result");
  return value;
}
