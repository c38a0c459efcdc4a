type Method = (...args: never[]) => unknown;

/**
 * Runs `work`, whose errors then point at the line that called `callee`: that is what a test runner shows.
 * @param callee the function that users call
 */
export async function atCaller<T>(callee: Method, work: () => T | Promise<T>): Promise<T> {
  const here: { stack?: string } = {};
  Error.captureStackTrace(here, callee);
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Error) {
      const frames = here.stack?.slice(here.stack.indexOf("\n")) ?? "";
      cause.stack = `${cause.name}: ${cause.message}${frames}`;
    }
    throw cause;
  }
}

/**
 * A face of asynchronous methods, each of whose errors points at the line that called it.
 * @param before runs ahead of each, and may throw
 */
export function pointingAtCaller<T extends object>(face: T, before: () => void = () => {}): T {
  const wrapped = Object.entries(face).map(([name, method]: [string, Method]) => {
    const called = (...args: never[]) =>
      atCaller(called, () => {
        before();
        return method(...args);
      });
    return [name, called];
  });
  return Object.fromEntries(wrapped) as T;
}
