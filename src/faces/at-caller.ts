/**
 * Runs `work`, whose errors then point at the line that called `callee`: that is what a test runner shows.
 * @param callee the function that users call
 */
export async function atCaller<T>(
  callee: (...args: never[]) => unknown,
  work: () => T | Promise<T>,
): Promise<T> {
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
