import { GenerationFailure } from "./failure.js";
import { childOf, type Generation, type GenerationAttempt, pick, pointerOf } from "./generation.js";
import { isObject, type Schema, schemaAt, schemaEntries } from "./schema.js";
import { generateFromPattern } from "./strings.js";
import { WORDS } from "./words.js";

/** Number of entries in a map with free names. */
const MAP_ENTRIES = 2;
/** Maximum attempts for each missing property name. */
const ATTEMPTS_PER_NAME = 20;

/** Generates an object: declared properties in their order, then others that are required. */
export function generateObject(current: GenerationAttempt, generation: Generation): Record<string, unknown> {
  return new ObjectMaker(current, generation).make();
}

class ObjectMaker {
  readonly #current: GenerationAttempt;
  readonly #generation: Generation;
  readonly #values = new Map<string, unknown>();

  constructor(current: GenerationAttempt, generation: Generation) {
    this.#current = current;
    this.#generation = generation;
  }

  make(): Record<string, unknown> {
    const { constraints, location } = this.#current;
    const { minProperties, maxProperties, parts } = constraints;
    this.#generation.budget.spend(minProperties);
    const required = new Set(constraints.required);
    const declared = parts.flatMap((part) => schemaEntries(part, "properties").map(([name]) => name));
    const names = new Set([...declared, ...required]);
    let optionals = maxProperties - required.size;
    if (optionals < 0 || minProperties > maxProperties) {
      throw new GenerationFailure(`${pointerOf(location)}: no number of properties is allowed`);
    }
    for (const name of names) {
      if (required.has(name)) this.#values.set(name, this.#value(name));
      else if (optionals > 0 && this.#isIncluded(name) && this.#add(name)) optionals -= 1;
    }
    this.#addOthers(Math.max(minProperties, this.#needsEntries(names.size) ? MAP_ENTRIES : 0), names);
    if (this.#values.size < minProperties) {
      throw new GenerationFailure(
        `${pointerOf(location)}: could not find ${minProperties} allowed properties`,
      );
    }
    // Unlike assignment, this can also create a property named __proto__.
    return Object.fromEntries(this.#values);
  }

  /** The schemas of a property, from all parts. */
  #schemas(name: string): Schema[] {
    const { acceptance } = this.#generation;
    return this.#current.constraints.parts.flatMap((part) => acceptance.propertySchemas(part, name));
  }

  #value(name: string): unknown {
    const schemas = this.#schemas(name);
    if (schemas.includes(false) || !this.#isNameAllowed(name)) {
      throw new GenerationFailure(
        `${pointerOf(this.#current.location)}: ${JSON.stringify(name)} is both required and forbidden`,
      );
    }
    return this.#generation.generate(schemas, childOf(this.#current.location, name, name));
  }

  /** Adds an optional property. Returns whether that was possible. */
  #add(name: string): boolean {
    try {
      this.#values.set(name, this.#value(name));
      return true;
    } catch (error) {
      if (!(error instanceof GenerationFailure) || error.final) throw error;
      return false;
    }
  }

  #isIncluded(name: string): boolean {
    switch (this.#current.optionalProperties) {
      case "all":
        return (
          !this.#current.location.mustEndSoon || this.#generation.minimumDepths.of(this.#schemas(name)) === 0
        );
      case "none":
        return false;
      case "random":
        return this.#generation.random.int(2) === 1;
    }
  }

  #isNameAllowed(name: string): boolean {
    const { acceptance } = this.#generation;
    return this.#current.constraints.parts.every((part) => {
      const schema = schemaAt(part, "propertyNames");
      return schema === undefined || acceptance.accepts(schema, name);
    });
  }

  /** Whether the object is a map with free names, which should have some entries. */
  #needsEntries(declared: number): boolean {
    const { constraints, optionalProperties, location } = this.#current;
    if (declared > 0 || location.mustEndSoon || optionalProperties !== "all") return false;
    return constraints.parts.some(
      (part) => isObject(part.additionalProperties) || isObject(part.patternProperties),
    );
  }

  /** Adds undeclared properties until there are `count` in total, or no further name is found. */
  #addOthers(count: number, declared: ReadonlySet<string>): void {
    const missing = Math.min(count, this.#current.constraints.maxProperties) - this.#values.size;
    // Declared properties that were skipped come first.
    const skipped = [...declared].filter((name) => !this.#values.has(name));
    for (let attempt = 0; attempt < missing * ATTEMPTS_PER_NAME + skipped.length; attempt++) {
      if (this.#values.size >= count) return;
      this.#generation.budget.spend();
      const name = skipped.shift() ?? this.#newName(attempt);
      if (name !== undefined && !this.#values.has(name)) this.#add(name);
    }
  }

  #newName(attempt: number): string | undefined {
    const { random } = this.#generation;
    const { constraints, location } = this.#current;
    const named = constraints.parts
      .map((part) => schemaAt(part, "propertyNames"))
      .filter((schema) => schema !== undefined);
    if (named.length > 0) {
      try {
        return String(
          this.#generation.generate([{ type: "string" }, ...named], childOf(location, "name", null)),
        );
      } catch (error) {
        if (!(error instanceof GenerationFailure) || error.final) throw error;
      }
    }
    const patterns = constraints.parts.flatMap((part) =>
      schemaEntries(part, "patternProperties").flatMap(([pattern, schema]) =>
        schema === false ? [] : [pattern],
      ),
    );
    const pattern = pick(random, patterns);
    if (pattern !== undefined && attempt % 4 !== 3) return generateFromPattern(pattern, this.#generation);
    const word = pick(random, WORDS) ?? "key";
    return attempt < WORDS.length ? word : `${word}_${attempt}`;
  }
}
