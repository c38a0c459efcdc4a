type Method = (...args: never[]) => unknown;

/** Makes an error point at a line, and returns it. */
type Pointer = (cause: unknown) => unknown;

/**
 * The line that is calling `callee` now, for errors that come later.
 * @param callee the function that users call
 */
export function callerOf(callee: Method): Pointer {
  const here: { stack?: string } = {};
  Error.captureStackTrace(here, callee);
  return (cause) => {
    if (cause instanceof Error) {
      const frames = here.stack?.slice(here.stack.indexOf("\n")) ?? "";
      cause.stack = `${cause.name}: ${cause.message}${frames}`;
    }
    return cause;
  };
}

/**
 * Runs `work`. Its errors then point at the line that called `callee`: test runners show that line.
 * @param callee the function that users call
 */
export async function withCallerStack<T>(callee: Method, work: () => T | Promise<T>): Promise<T> {
  const pointAtCaller = callerOf(callee);
  try {
    return await work();
  } catch (cause) {
    throw pointAtCaller(cause);
  }
}

/** Runs `work` for a call of `callee`, as {@link withCallerStack} does. */
export type Call = <T>(callee: Method, work: () => T | Promise<T>) => Promise<T>;

/** The same object with asynchronous methods, each of which is run by `call`. */
export function methodsCalledBy<T extends object>(call: Call, api: T): T {
  const methods = Object.entries(api).map(([name, method]: [string, Method]) => {
    const called = (...args: never[]) => call(called, () => method(...args));
    return [name, called];
  });
  return Object.fromEntries(methods) as T;
}
