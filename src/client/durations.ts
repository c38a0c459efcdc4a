import { DURATION_FORM, parseDuration } from "../domain/duration.js";

/**
 * A duration as options take it.
 * @param name of the option, for the error
 * @returns milliseconds
 * @throws TypeError
 */
export function milliseconds(name: string, value: number | string): number {
  const ms = parseDuration(value);
  if (ms === null) throw new TypeError(`${name}: ${DURATION_FORM}, got ${JSON.stringify(value)}`);
  return ms;
}
