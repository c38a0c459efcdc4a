/** What the makers of values share. */

import type { Random } from "../runtime/random.js";
import type { Acceptance } from "./accepts.js";
import type { Constraints } from "./constraints.js";
import type { Budget } from "./failure.js";
import type { MinimumDepths } from "./minimum-depths.js";
import type { Schema } from "./schema.js";

/** Where in the value we are. */
export interface SchemaLocation {
  readonly parent: SchemaLocation | null;
  /** Property name or index; null for the whole value. */
  readonly key: string | null;
  /** A property name that hints at the content. */
  readonly hint: string | null;
  readonly depth: number;
  /** Referenced schemas that we are inside of, with repetition: recursion shows as the same one twice. */
  readonly trail: readonly Schema[];
  /** Deep enough: take the way that ends soonest. */
  readonly isClosing: boolean;
  /** Do not repeat the schema's own examples here, as items of a set would be equal. */
  readonly isPlain: boolean;
}

/**
 * How much a try puts into a value. The first ones make it full; when those turn out wrong (a `not` or `oneOf` may
 * forbid what is optional), others leave out what they can, or throw dice.
 */
export type OptionalProperties = "full" | "least" | "dice";

/** One value being made. */
export interface Generation {
  readonly random: Random;
  readonly budget: Budget;
  readonly heights: MinimumDepths;
  readonly acceptance: Acceptance;
  /** @throws GenerationFailure when there is no value, or none was found */
  generate(schemas: readonly Schema[], site: SchemaLocation): unknown;
}

/** One try at one place. */
export interface GenerationAttempt {
  readonly site: SchemaLocation;
  readonly constraints: Constraints;
  readonly fullness: OptionalProperties;
}

/** The site of a property or item. */
export function childOf(site: SchemaLocation, key: string, hint: string | null): SchemaLocation {
  return { ...site, parent: site, key, hint, depth: site.depth + 1 };
}

/** The place as a JSON pointer, for messages. */
export function pointerOf(site: SchemaLocation): string {
  const keys: string[] = [];
  for (let at: SchemaLocation | null = site; at?.key != null; at = at.parent) keys.unshift(at.key);
  return keys.length === 0 ? "the value" : `/${keys.join("/")}`;
}

/** An element chosen by chance; undefined only for an empty list. */
export function pick<T>(random: Random, list: readonly T[]): T | undefined {
  return list[random.int(list.length)];
}
