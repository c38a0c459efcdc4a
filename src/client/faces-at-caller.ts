type Method = (...args: never[]) => unknown;

/** Makes an error point at a line, and answers it. */
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
 * Runs `work`, whose errors then point at the line that called `callee`: that is what a test runner shows.
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

/**
 * A face of asynchronous methods, each of whose errors points at the line that called it.
 * @param before runs ahead of each, and may throw
 */
export function methodsWithCallerStack<T extends object>(face: T, before: () => void = () => {}): T {
  const wrapped = Object.entries(face).map(([name, method]: [string, Method]) => {
    const called = (...args: never[]) =>
      withCallerStack(called, () => {
        before();
        return method(...args);
      });
    return [name, called];
  });
  return Object.fromEntries(wrapped) as T;
}
