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
import {
  asSchema,
  compilePattern,
  isObject,
  JSON_TYPES,
  type JsonType,
  type PatternCompiler,
  type Schema,
} from "./schema.js";
import { generateString } from "./strings.js";

/** Maximum nesting of values: deeper than any finite schema needs, and far below the stack's limit. */
const MAX_DEPTH = 100;
/** How often a schema may be nested in itself before the generator ends the recursion. */
const MAX_RECURSION = 2;
/** Maximum attempts at the value of one location. */
const MAX_ATTEMPTS = 40;

/**
 * Generates a value for a JSON Schema (draft 4 to 2020-12, with OpenAPI's `nullable`): complete, small and readable.
 * It has all optional properties and two or three items an array, ends recursion after two levels, and derives texts
 * from property names. The same schema and random sequence give the same value.
 *
 * The value is checked while it is made, except for formats and `unevaluated*`; `generateValid` checks everything.
 * Steps are bounded, but matching a pattern may take long: call this only for trusted schemas.
 * @param useExamples false: ignore the schema's own `examples` and `default`
 * @param compile compiles the schema's patterns
 * @throws GenerationFailure when the schema cannot be used or satisfied
 */
export function generateJson(
  schema: unknown,
  random: Random,
  useExamples = true,
  compile: PatternCompiler = compilePattern,
): unknown {
  const budget = new Budget();
  const root = asSchema(normalizeSchema(schema, budget));
  const resolver = new Resolver(root, budget);
  const generation: Generation = {
    random,
    budget,
    resolver,
    minimumDepths: new MinimumDepths(resolver, budget),
    acceptance: new Acceptance(resolver, budget, compile),
    generate: (schemas, location) => new ValueGenerator(generation, schemas, location).generate(),
  };
  return generation.generate([root], {
    pointer: "",
    hint: null,
    depth: 0,
    openRefs: [root],
    mustEndSoon: false,
    skipExamples: !useExamples,
  });
}

/** Generates the value of one location, in several attempts if needed. */
class ValueGenerator {
  readonly #generation: Generation;
  readonly #schemas: readonly Schema[];
  readonly #location: SchemaLocation;
  /** Picks the first alternative to try. */
  readonly #start: number;

  constructor(generation: Generation, schemas: readonly Schema[], location: SchemaLocation) {
    this.#generation = generation;
    this.#schemas = schemas;
    this.#location = location;
    this.#start = generation.random.uint32();
  }

  generate(): unknown {
    this.#generation.budget.countValue();
    if (this.#location.depth > MAX_DEPTH) {
      throw new GenerationFailure(`the schema needs values nested deeper than ${MAX_DEPTH} levels`, {
        final: true,
      });
    }
    let choices = 1;
    let wasChecked = false;
    let failure: unknown;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // First each alternative with all optional properties, then each with none, then random ones.
      const round = Math.floor(attempt / choices);
      if (round > 0 && !wasChecked && (round > 2 || choices === 1)) break;
      if (round > 7) break;
      try {
        const optionalProperties: OptionalProperties = round === 0 ? "all" : round === 1 ? "none" : "random";
        return this.#generateOnce(attempt, optionalProperties, (count, needsCheck) => {
          choices = Math.max(choices, Math.min(count, 16));
          wasChecked ||= needsCheck;
        });
      } catch (error) {
        if (!(error instanceof GenerationFailure) || error.final) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  #generateOnce(
    attempt: number,
    optionalProperties: OptionalProperties,
    onChoice: (alternatives: number, needsCheck: boolean) => void,
  ): unknown {
    const constraints = collectConstraints(
      this.#schemas,
      {
        ...this.#generation,
        order: (alternatives, soFar) =>
          this.#order(alternatives, attempt, optionalProperties, this.#mustEndSoon(soFar)),
      },
      onChoice,
    );
    const location = {
      ...this.#location,
      openRefs: [...this.#location.openRefs, ...constraints.refTargets],
      mustEndSoon: this.#mustEndSoon(constraints),
    };
    const value = this.#build({ location, constraints, optionalProperties });
    if (!constraints.needsCheck || this.#accepts(value)) return value;
    throw new GenerationFailure(
      `${pointerOf(location)}: found no value that oneOf, not, if or contains accepts`,
    );
  }

  #accepts(value: unknown): boolean {
    return this.#schemas.every((schema) => this.#generation.acceptance.accepts(schema, value));
  }

  #mustEndSoon({ refTargets }: Constraints): boolean {
    const { openRefs, mustEndSoon } = this.#location;
    if (mustEndSoon || this.#generation.budget.isTight) return true;
    return refTargets.some((target) => openRefs.filter((outer) => outer === target).length >= MAX_RECURSION);
  }

  /**
   * The order in which to try alternatives: random, with null-only ones last; when the value must end soon, the
   * shallowest first. Each attempt starts one further.
   */
  #order(
    alternatives: Alternatives,
    attempt: number,
    optionalProperties: OptionalProperties,
    mustEndSoon: boolean,
  ): Alternatives {
    const { minimumDepths, random } = this.#generation;
    if (!mustEndSoon) {
      const start = optionalProperties === "random" ? random.int(alternatives.length) : this.#start + attempt;
      const rotated = alternatives.map((_, at) => alternatives[(start + at) % alternatives.length] ?? true);
      return attempt > 0
        ? rotated
        : [...rotated].sort((a, b) => Number(isNullOnly(a)) - Number(isNullOnly(b)));
    }
    const finite = alternatives
      .map((alternative) => ({ alternative, depth: minimumDepths.of([alternative]) }))
      .filter(({ depth }) => Number.isFinite(depth))
      .sort((a, b) => a.depth - b.depth);
    return finite.map((_, at) => finite[(attempt + at) % finite.length]?.alternative ?? true);
  }

  #build(current: GenerationAttempt): unknown {
    const { random } = this.#generation;
    const { constraints, location, optionalProperties } = current;
    if (constraints.values) {
      const values = constraints.values.filter((value) => this.#accepts(value));
      const nonNull = values.filter((value) => value !== null);
      const value = pick(random, nonNull.length > 0 ? nonNull : values);
      if (value === undefined)
        throw new GenerationFailure(`${pointerOf(location)}: no value of enum or const fits`);
      return value;
    }
    if (!location.skipExamples && optionalProperties === "all" && constraints.examples.length > 0) {
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

  #chooseType({ constraints, location, optionalProperties }: GenerationAttempt): JsonType {
    const { random } = this.#generation;
    const types =
      constraints.types ?? (optionalProperties === "random" ? JSON_TYPES : [impliedType(constraints)]);
    const scalar = types.filter((type) => type !== "null" && type !== "array" && type !== "object");
    const nonNull = types.filter((type) => type !== "null");
    if (optionalProperties === "random") return pick(random, types) ?? "null";
    if (location.mustEndSoon)
      return pick(random, scalar) ?? (types.includes("null") ? "null" : (types[0] ?? "null"));
    return pick(random, nonNull) ?? "null";
  }
}

/** The type that the keywords of a schema without `type` imply; string if they imply none. */
function impliedType(constraints: Constraints): JsonType {
  const has = (...keywords: string[]) =>
    constraints.parts.some((part) => keywords.some((keyword) => keyword in part));
  if (has("properties", "required", "additionalProperties", "patternProperties", "minProperties")) {
    return "object";
  }
  if (has("propertyNames", "unevaluatedProperties")) return "object";
  if (has("items", "prefixItems", "minItems", "contains", "uniqueItems")) return "array";
  if (has("pattern", "format", "minLength", "maxLength")) return "string";
  if (has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) return "number";
  return "string";
}

function isNullOnly(schema: Schema): boolean {
  return isObject(schema) && schema.type === "null";
}
