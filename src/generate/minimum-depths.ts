import type { Budget } from "./failure.js";
import type { Resolver } from "./resolve.js";
import {
  numberAt,
  refsOf,
  type Schema,
  type SchemaObject,
  schemaAt,
  schemaEntry,
  schemaList,
  textsAt,
  tupleOf,
  typeNames,
} from "./schema.js";

/** Deeper nesting of references than this counts as infinite. */
const MAX_REFS = 24;

/**
 * How many nested `$ref`s the shallowest value of a schema needs. A generator that must end soon takes the alternative
 * with the smallest depth, so it ends whenever a finite value exists.
 */
export class MinimumDepths {
  readonly #resolver: Resolver;
  readonly #budget: Budget;
  readonly #known = new Map<SchemaObject, (boolean | undefined)[]>();

  constructor(resolver: Resolver, budget: Budget) {
    this.#resolver = resolver;
    this.#budget = budget;
  }

  /** The minimum depth of a value that satisfies all these schemas; Infinity if no finite value does. */
  of(schemas: readonly Schema[]): number {
    for (let refs = 0; refs <= MAX_REFS; refs++) {
      if (schemas.every((schema) => this.#fits(schema, refs))) return refs;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Whether `refs` nested references are enough. Terminates, because every cycle goes through a reference. */
  #fits(schema: Schema, refs: number): boolean {
    if (typeof schema === "boolean") return schema;
    const known = this.#known.get(schema) ?? [];
    const answer = known[refs] ?? this.#decide(schema, refs);
    known[refs] = answer;
    this.#known.set(schema, known);
    return answer;
  }

  #decide(schema: SchemaObject, refs: number): boolean {
    this.#budget.spend();
    if ("const" in schema || "enum" in schema) return true;
    const fitsTarget = (ref: string) => refs > 0 && this.#fits(this.#resolver.resolve(ref), refs - 1);
    if (!refsOf(schema).every(fitsTarget)) return false;
    if (!schemaList(schema, "allOf").every((part) => this.#fits(part, refs))) return false;
    for (const keyword of ["anyOf", "oneOf"]) {
      const alternatives = schemaList(schema, keyword);
      if (alternatives.length > 0 && !alternatives.some((alternative) => this.#fits(alternative, refs)))
        return false;
    }
    const types = typeNames(schema) ?? ["object", "array"];
    return types.some((type) => {
      if (type === "object") return this.#objectFits(schema, refs);
      return type === "array" ? this.#arrayFits(schema, refs) : true;
    });
  }

  #objectFits(schema: SchemaObject, refs: number): boolean {
    return textsAt(schema, "required").every((name) =>
      this.#fits(schemaEntry(schema, "properties", name) ?? true, refs),
    );
  }

  #arrayFits(schema: SchemaObject, refs: number): boolean {
    const minimum = numberAt(schema, "minItems") ?? 0;
    const prefix = tupleOf(schema).slice(0, minimum);
    const rest = prefix.length < minimum ? (schemaAt(schema, "items") ?? true) : true;
    return prefix.every((item) => this.#fits(item, refs)) && this.#fits(rest, refs);
  }
}
