import type { Budget } from "./failure.js";
import type { Resolver } from "./resolve.js";
import {
  numberAt,
  type Schema,
  type SchemaObject,
  schemaAt,
  schemaEntry,
  schemaList,
  textAt,
  textsAt,
  typeNames,
} from "./schema.js";

/** More nested references than this count as endless. */
const MOST_REFS = 24;

/**
 * How many nested `$ref`s the smallest value of a schema needs. A generator that is deep enough already takes the
 * alternative with the smallest height, and so comes to an end wherever there is one.
 */
export class MinimumDepths {
  readonly #resolver: Resolver;
  readonly #budget: Budget;
  readonly #known = new Map<SchemaObject, (boolean | undefined)[]>();

  constructor(resolver: Resolver, budget: Budget) {
    this.#resolver = resolver;
    this.#budget = budget;
  }

  /** The height of a value that must satisfy all these schemas; Infinity when it would never end. */
  of(schemas: readonly Schema[]): number {
    for (let refs = 0; refs <= MOST_REFS; refs++) {
      if (schemas.every((schema) => this.#fits(schema, refs))) return refs;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Whether `refs` nested references are enough. Every cycle of schemas goes through a reference, so this ends. */
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
    for (const keyword of ["$ref", "$dynamicRef"]) {
      const ref = textAt(schema, keyword);
      if (ref !== undefined && (refs === 0 || !this.#fits(this.#resolver.resolve(ref), refs - 1)))
        return false;
    }
    if (!schemaList(schema, "allOf").every((part) => this.#fits(part, refs))) return false;
    for (const keyword of ["anyOf", "oneOf"]) {
      const branches = schemaList(schema, keyword);
      if (branches.length > 0 && !branches.some((branch) => this.#fits(branch, refs))) return false;
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
    const prefix = schemaList(schema, Array.isArray(schema.items) ? "items" : "prefixItems").slice(
      0,
      minimum,
    );
    const rest = prefix.length < minimum ? (schemaAt(schema, "items") ?? true) : true;
    return prefix.every((item) => this.#fits(item, refs)) && this.#fits(rest, refs);
  }
}
