/** Types and helpers shared by the generators of each JSON type. */

import type { Random } from "../runtime/random.js";
import type { Acceptance } from "./accepts.js";
import type { Constraints } from "./constraints.js";
import type { Budget } from "./failure.js";
import type { MinimumDepths } from "./minimum-depths.js";
import type { Resolver } from "./resolve.js";
import type { Schema } from "./schema.js";

/** A location in the generated value, with what its generator must know about its surroundings. */
export interface SchemaLocation {
  /** A JSON pointer, for messages; "" for the whole value. */
  readonly pointer: string;
  /** The property name from which to guess the content. */
  readonly hint: string | null;
  readonly depth: number;
  /** Referenced schemas around this location. Recursion shows as the same schema twice. */
  readonly openRefs: readonly Schema[];
  /** Deep enough: generate the shallowest value. */
  readonly mustEndSoon: boolean;
  /** Ignore the schema's own examples, because items of a set would be equal. */
  readonly skipExamples: boolean;
}

/**
 * Which optional properties an attempt includes. The first attempts include all; if those fail, because `not` or
 * `oneOf` may forbid optional properties, later attempts include none or a random selection.
 */
export type OptionalProperties = "all" | "none" | "random";

/** The generation of one whole value. */
export interface Generation {
  readonly random: Random;
  readonly budget: Budget;
  readonly resolver: Resolver;
  readonly minimumDepths: MinimumDepths;
  readonly acceptance: Acceptance;
  /** @throws GenerationFailure when there is no value, or none was found */
  generate(schemas: readonly Schema[], location: SchemaLocation): unknown;
}

/** One attempt at the value of one location. */
export interface GenerationAttempt {
  readonly location: SchemaLocation;
  readonly constraints: Constraints;
  readonly optionalProperties: OptionalProperties;
}

/** The location of a property or item within `location`. */
export function childOf(location: SchemaLocation, key: string, hint: string | null): SchemaLocation {
  return { ...location, pointer: `${location.pointer}/${key}`, hint, depth: location.depth + 1 };
}

/** The name of a location in messages. */
export function pointerOf({ pointer }: SchemaLocation): string {
  return pointer === "" ? "the value" : pointer;
}

/** A random element; undefined only for an empty list. */
export function pick<T>(random: Random, list: readonly T[]): T | undefined {
  return list[random.int(list.length)];
}
