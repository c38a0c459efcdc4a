import { nearestKey } from "../config/nearest-key.js";

/** Every field that objects of a type can have. */
export type Fields<T> = Readonly<Record<keyof Required<T>, true>>;

/**
 * Refuses an unknown field: ignored, a misspelt filter would match everything.
 * @param what who was given it, such as `expectRequest`
 * @param noun what a field is called there
 * @throws TypeError with the nearest known field, or else all of them
 */
export function checkFields<T extends object>(
  what: string,
  given: T,
  fields: Fields<T>,
  noun = "field",
): void {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`${what}: expected an object, got ${JSON.stringify(given)}`);
  }
  const names = Object.keys(fields);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestKey(unknown, names);
  const hint = nearest ? `did you mean "${nearest}"?` : `there are ${names.join(", ")}.`;
  throw new TypeError(`${what}: unknown ${noun} "${unknown}"; ${hint}`);
}
