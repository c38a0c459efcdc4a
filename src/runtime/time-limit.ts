import { type Context, createContext, Script } from "node:vm";

/** A task exceeded its time limit. */
export class TimeLimitError extends Error {
  constructor(milliseconds: number) {
    super(`took longer than ${milliseconds} ms`);
    this.name = "TimeLimitError";
  }
}

const CALL = new Script("run()");

/**
 * Runs synchronous tasks that may never end, such as matching a hostile regular expression. Node can stop one at any
 * point, so it must not leave state half changed. Node measures the time in a thread of its own, so fake timers do not
 * matter. One instance is for many tasks: making its context takes longer than most of them.
 */
export class TimeLimit {
  #context: Context | null = null;

  /** @throws TimeLimitError, or what the task throws */
  run<T>(milliseconds: number, task: () => T): T {
    const done: T[] = [];
    this.#context ??= createContext({});
    this.#context.run = () => {
      done.push(task());
    };
    try {
      CALL.runInContext(this.#context, { timeout: milliseconds });
    } catch (error) {
      // `instanceof Error` would fail: the error belongs to the other context.
      const { code } = error as { readonly code?: unknown };
      throw code === "ERR_SCRIPT_EXECUTION_TIMEOUT" ? new TimeLimitError(milliseconds) : error;
    }
    const [value] = done;
    if (value === undefined) throw new TypeError("the task has no result");
    return value;
  }
}
