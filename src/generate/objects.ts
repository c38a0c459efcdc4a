import { GenerationFailure } from "./failure.js";
import { childOf, type Generation, type GenerationAttempt, pick, pointerOf } from "./generation.js";
import { isObject, type Schema, schemaAt, schemaEntries, textsAt } from "./schema.js";
import { generateFromPattern } from "./strings.js";
import { WORDS } from "./words.js";

/** Entries of a map whose names the schema leaves open. */
const MAP_ENTRIES = 2;
/** Tries for each name that must be found. */
const NAME_TRIES = 20;

/** An object with the declared properties in their order, then what is required or needed beside them. */
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
    const { constraints, site } = this.#current;
    const { minProperties, maxProperties, parts } = constraints;
    this.#generation.budget.spend(minProperties);
    const required = new Set(constraints.required);
    const declared = parts.flatMap((part) => schemaEntries(part, "properties").map(([name]) => name));
    const names = new Set([...declared, ...required]);
    let optionals = maxProperties - required.size;
    if (optionals < 0 || minProperties > maxProperties) {
      throw new GenerationFailure(`${pointerOf(site)}: no number of properties is right`);
    }
    for (const name of names) {
      if (required.has(name)) this.#values.set(name, this.#value(name));
      else if (optionals > 0 && this.#isWanted(name) && this.#add(name)) optionals -= 1;
    }
    this.#addOthers(Math.max(minProperties, this.#wantsEntries(names.size) ? MAP_ENTRIES : 0), names);
    if (this.#values.size < minProperties) {
      throw new GenerationFailure(
        `${pointerOf(site)}: found no ${minProperties} properties that are allowed`,
      );
    }
    // Unlike assignment, this also makes a property of the name __proto__.
    return Object.fromEntries(this.#values);
  }

  /** What all parts of the schema say about a property. */
  #schemas(name: string): Schema[] {
    const { acceptance } = this.#generation;
    return this.#current.constraints.parts.flatMap((part) => acceptance.propertySchemas(part, name));
  }

  #value(name: string): unknown {
    const schemas = this.#schemas(name);
    if (schemas.includes(false) || !this.#isNameAllowed(name)) {
      throw new GenerationFailure(
        `${pointerOf(this.#current.site)}: ${JSON.stringify(name)} is required and forbidden`,
      );
    }
    return this.#generation.generate(schemas, childOf(this.#current.site, name, name));
  }

  /** Adds a property that may be left out; says whether it was possible. */
  #add(name: string): boolean {
    if (this.#schemas(name).includes(false) || !this.#isNameAllowed(name)) return false;
    try {
      this.#values.set(name, this.#value(name));
      return true;
    } catch (error) {
      if (!(error instanceof GenerationFailure) || error.final) throw error;
      return false;
    }
  }

  #isWanted(name: string): boolean {
    switch (this.#current.fullness) {
      case "full":
        return !this.#current.site.isClosing || this.#generation.heights.of(this.#schemas(name)) === 0;
      case "least":
        return false;
      case "dice":
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

  /** An object that is a map from free names to declared values should show some. */
  #wantsEntries(declared: number): boolean {
    const { constraints, fullness, site } = this.#current;
    if (declared > 0 || site.isClosing || fullness !== "full") return false;
    return constraints.parts.some(
      (part) => isObject(part.additionalProperties) || isObject(part.patternProperties),
    );
  }

  /** Properties that are not declared, until there are `count` in all or no name is found. */
  #addOthers(count: number, declared: ReadonlySet<string>): void {
    const missing = Math.min(count, this.#current.constraints.maxProperties) - this.#values.size;
    // Declared ones that were left out come first.
    const spare = [...declared].filter((name) => !this.#values.has(name));
    for (let attempt = 0; attempt < missing * NAME_TRIES + spare.length; attempt++) {
      if (this.#values.size >= count) return;
      this.#generation.budget.spend();
      const name = spare.shift() ?? this.#newName(attempt);
      if (name !== undefined && !this.#values.has(name)) this.#add(name);
    }
  }

  #newName(attempt: number): string | undefined {
    const { random } = this.#generation;
    const { constraints, site } = this.#current;
    const named = constraints.parts
      .map((part) => schemaAt(part, "propertyNames"))
      .filter((schema) => schema !== undefined);
    if (named.length > 0) {
      try {
        const name = this.#generation.generate([{ type: "string" }, ...named], childOf(site, "name", null));
        return typeof name === "string" ? name : undefined;
      } catch (error) {
        if (!(error instanceof GenerationFailure) || error.final) throw error;
      }
    }
    const listed = named.flatMap((schema) => (isObject(schema) ? textsAt(schema, "enum") : []));
    if (listed.length > 0) return pick(random, listed);
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
