/**
 * An object that stands in for one that comes later: every member is asked of what there is when it is used.
 * @param current what there is now, or null
 * @param notReady what to say when there is nothing
 * @param own members that are not passed on
 */
export function delegate<T extends object>(
  current: () => T | null,
  notReady: string,
  own: Partial<T> = {},
): T {
  const nothing: T = Object.create(null);
  const ready = (used: (...args: never[]) => unknown): T => {
    const target = current();
    if (target) return target;
    const error = new Error(notReady);
    Error.captureStackTrace(error, used);
    throw error;
  };
  const get = (_: T, property: string | symbol): unknown => {
    // `await` and whatever prints a value ask for these; that is no use of it.
    if (current() === null && (property === "then" || typeof property === "symbol")) return undefined;
    const target = ready(get);
    const holder = property in own ? own : target;
    const value: unknown = Reflect.get(holder, property, holder);
    return typeof value === "function" ? value.bind(holder) : value;
  };
  const has = (_: T, property: string | symbol): boolean => property in ready(has);
  return new Proxy(nothing, { get, has });
}
