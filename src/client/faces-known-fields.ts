import { nearestKey } from "../config/nearest-key.js";

/** Every field that an object of a type may have. */
export type Fields<T> = Readonly<Record<keyof Required<T>, true>>;

/**
 * Refuses a field that there is not: ignored, a misspelt filter would make an expectation hold.
 * @param what who was given it, such as `expectRequest`
 * @throws TypeError naming the field that was meant, else those that there are
 */
export function checkFields<T extends object>(what: string, given: T, fields: Fields<T>): void {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`${what}: expected an object, got ${JSON.stringify(given)}`);
  }
  const names = Object.keys(fields);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestKey(unknown, names);
  const hint = nearest ? `did you mean "${nearest}"?` : `there are ${names.join(", ")}.`;
  throw new TypeError(`${what}: unknown field "${unknown}"; ${hint}`);
}
