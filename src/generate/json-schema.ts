import type { Random } from "../runtime/random.js";
import { Acceptance } from "./accepts.js";
import { generateArray } from "./arrays.js";
import { type Alternatives, type Constraints, collectConstraints } from "./constraints.js";
import { Budget, GenerationFailure } from "./failure.js";
import {
  type Generation,
  type GenerationAttempt,
  type OptionalProperties,
  pick,
  pointerOf,
  type SchemaLocation,
} from "./generation.js";
import { MinimumDepths } from "./minimum-depths.js";
import { normalizeSchema } from "./normalize.js";
import { generateNumber } from "./numbers.js";
import { generateObject } from "./objects.js";
import { Resolver } from "./resolve.js";
import { asSchema, isObject, JSON_TYPES, type JsonType, type Schema, typeOf } from "./schema.js";
import { generateString } from "./strings.js";

export interface GenerateOptions {
  /** Most steps of work; see {@link Budget}. */
  readonly maxSteps?: number;
  /** False: do not answer with the schema's own `examples` and `default`. */
  readonly useExamples?: boolean;
}

/** Some hundred times what a usual schema takes, and well below a second of work. */
export const DEFAULT_MAX_STEPS = 200_000;
/** Nesting of values: more than any schema that ends, far less than the stack holds. */
const DEEPEST = 100;
/** How often a schema may be inside itself before the generator looks for the way out. */
const RECURSION = 2;
/** Most tries at one place. */
const MOST_TRIES = 40;

/**
 * A value for a JSON Schema (draft 4 to 2020-12, OpenAPI's `nullable`): full, small and pleasant to read. Optional
 * properties are there, arrays have two or three items, recursion ends after two levels, text follows from
 * property names. The same schema and the same random sequence give the same value.
 *
 * The value is checked as it is made, except for formats and `unevaluated*`; `generateValid` checks it all. The
 * work is bounded in steps, but a pattern may take long to match: call this for schemas you trust.
 * @throws GenerationFailure when the schema cannot be used or satisfied
 */
export function generateJson(schema: unknown, random: Random, options: GenerateOptions = {}): unknown {
  const budget = new Budget(options.maxSteps ?? DEFAULT_MAX_STEPS);
  const root = asSchema(normalizeSchema(schema, budget));
  const resolver = new Resolver(root, budget);
  const heights = new MinimumDepths(resolver, budget);
  const acceptance = new Acceptance(resolver, budget);
  const generation: Generation = {
    random,
    budget,
    heights,
    acceptance,
    generate: (schemas, site) => new Place(generation, resolver, schemas, site).generate(),
  };
  return generation.generate([root], {
    parent: null,
    key: null,
    hint: null,
    depth: 0,
    trail: [root],
    isClosing: false,
    isPlain: options.useExamples === false,
  });
}

/** One place in the value, with its tries. */
class Place {
  readonly #generation: Generation;
  readonly #resolver: Resolver;
  readonly #schemas: readonly Schema[];
  readonly #site: SchemaLocation;
  /** The alternative to begin with. */
  readonly #start: number;

  constructor(generation: Generation, resolver: Resolver, schemas: readonly Schema[], site: SchemaLocation) {
    this.#generation = generation;
    this.#resolver = resolver;
    this.#schemas = schemas;
    this.#site = site;
    this.#start = generation.random.uint32();
  }

  generate(): unknown {
    this.#generation.budget.countValue();
    if (this.#site.depth > DEEPEST) {
      throw new GenerationFailure(`the schema needs values nested deeper than ${DEEPEST} levels`, {
        final: true,
      });
    }
    let alternatives = 1;
    let isGuarded = false;
    let failure: unknown;
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      // First every alternative in full, then every one at its least, then by chance.
      const round = Math.floor(attempt / alternatives);
      if (round > 0 && !isGuarded && (round > 2 || alternatives === 1)) break;
      if (round > 7) break;
      try {
        const fullness: OptionalProperties = round === 0 ? "full" : round === 1 ? "least" : "dice";
        return this.#try(attempt, fullness, (count, guarded) => {
          alternatives = Math.max(alternatives, Math.min(count, 16));
          isGuarded ||= guarded;
        });
      } catch (error) {
        if (!(error instanceof GenerationFailure) || error.final) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  #try(
    attempt: number,
    fullness: OptionalProperties,
    seen: (alternatives: number, guarded: boolean) => void,
  ): unknown {
    const { budget } = this.#generation;
    const constraints = collectConstraints(
      this.#schemas,
      {
        resolve: (ref) => this.#resolver.resolve(ref),
        spend: () => budget.spend(),
        order: (branches, soFar) => this.#order(branches, attempt, fullness, this.#isClosing(soFar)),
      },
      seen,
    );
    const site = {
      ...this.#site,
      trail: [...this.#site.trail, ...constraints.targets],
      isClosing: this.#isClosing(constraints),
    };
    const value = this.#build({ site, constraints, fullness });
    if (!constraints.isGuarded || this.#accepts(value)) return value;
    throw new GenerationFailure(
      `${pointerOf(site)}: no value found that its oneOf, not, if or contains accepts`,
    );
  }

  #accepts(value: unknown): boolean {
    return this.#schemas.every((schema) => this.#generation.acceptance.accepts(schema, value));
  }

  #isClosing({ targets }: Constraints): boolean {
    const { trail, isClosing } = this.#site;
    if (isClosing || this.#generation.budget.isTight) return true;
    return targets.some((target) => trail.filter((outer) => outer === target).length >= RECURSION);
  }

  /**
   * Alternatives as they should be tried: by chance, those that only say null last; when closing, the one that
   * ends soonest first. Later attempts start further on.
   */
  #order(
    branches: Alternatives,
    attempt: number,
    fullness: OptionalProperties,
    isClosing: boolean,
  ): Alternatives {
    const { heights, random } = this.#generation;
    if (!isClosing) {
      const start = fullness === "dice" ? random.int(branches.length) : this.#start + attempt;
      const turned = branches.map((_, at) => branches[(start + at) % branches.length] ?? true);
      return attempt > 0 ? turned : [...turned].sort((a, b) => Number(isNullOnly(a)) - Number(isNullOnly(b)));
    }
    const ending = branches
      .map((branch) => ({ branch, height: heights.of([branch]) }))
      .filter(({ height }) => Number.isFinite(height))
      .sort((a, b) => a.height - b.height);
    return ending.map((_, at) => ending[(attempt + at) % ending.length]?.branch ?? true);
  }

  #build(current: GenerationAttempt): unknown {
    const { random } = this.#generation;
    const { constraints, site, fullness } = current;
    if (constraints.values) {
      const values = constraints.values.filter((value) => this.#accepts(value));
      const telling = values.filter((value) => value !== null);
      const value = pick(random, telling.length > 0 ? telling : values);
      if (value === undefined)
        throw new GenerationFailure(`${pointerOf(site)}: no value of enum or const fits`);
      return value;
    }
    if (!site.isPlain && fullness === "full" && constraints.examples.length > 0) {
      const examples = constraints.examples.filter((value) => this.#accepts(value));
      if (examples.length > 0) return pick(random, examples);
    }
    const type = this.#chooseType(current);
    switch (type) {
      case "null":
        return null;
      case "boolean":
        return random.int(2) === 1;
      case "number":
        return generateNumber(current, this.#generation);
      case "string":
        return generateString(current, this.#generation);
      case "array":
        return generateArray(current, this.#generation);
      case "object":
        return generateObject(current, this.#generation);
    }
  }

  #chooseType({ constraints, site, fullness }: GenerationAttempt): JsonType {
    const { random } = this.#generation;
    const types = constraints.types ?? (fullness === "dice" ? JSON_TYPES : [impliedType(constraints)]);
    const scalar = types.filter((type) => type !== "null" && type !== "array" && type !== "object");
    const telling = types.filter((type) => type !== "null");
    if (fullness === "dice") return pick(random, types) ?? "null";
    if (site.isClosing)
      return pick(random, scalar) ?? (types.includes("null") ? "null" : (types[0] ?? "null"));
    return pick(random, telling) ?? "null";
  }
}

/** The type that a schema without `type` speaks about; text when it says nothing. */
function impliedType(constraints: Constraints): JsonType {
  const says = (...keywords: string[]) =>
    constraints.parts.some((part) => keywords.some((keyword) => keyword in part));
  if (says("properties", "required", "additionalProperties", "patternProperties", "minProperties")) {
    return "object";
  }
  if (says("propertyNames", "unevaluatedProperties")) return "object";
  if (says("items", "prefixItems", "minItems", "contains", "uniqueItems")) return "array";
  if (says("pattern", "format", "minLength", "maxLength")) return "string";
  if (says("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) return "number";
  return "string";
}

function isNullOnly(schema: Schema): boolean {
  if (!isObject(schema)) return false;
  const only = Array.isArray(schema.enum) && schema.enum.length === 1 ? schema.enum[0] : schema.const;
  return (
    schema.type === "null" || ("const" in schema || "enum" in schema ? typeOf(only ?? 0) === "null" : false)
  );
}
