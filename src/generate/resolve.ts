import { type Budget, GenerationFailure } from "./failure.js";
import { asSchema, isObject, type Schema } from "./schema.js";

/** Resolves `$ref`s within one document. It never fetches anything. */
export class Resolver {
  readonly #root: unknown;
  readonly #budget: Budget;
  readonly #found = new Map<string, Schema>();
  #names: Map<string, unknown> | null = null;

  constructor(root: unknown, budget: Budget) {
    this.#root = root;
    this.#budget = budget;
  }

  /**
   * @param ref `#`, `#/a/json/pointer`, `#anchor`, or the `$id` of a schema in the document, optionally followed by
   *   a pointer
   * @throws GenerationFailure (final) when nothing is there
   */
  resolve(ref: string): Schema {
    this.#budget.spend();
    const known = this.#found.get(ref);
    if (known !== undefined) return known;
    const target = this.#find(ref);
    if (target === undefined) {
      throw new GenerationFailure(`the schema has no target for $ref ${JSON.stringify(ref)}`, {
        final: true,
      });
    }
    const schema = asSchema(target);
    this.#found.set(ref, schema);
    return schema;
  }

  #find(ref: string): unknown {
    if (ref === "#") return this.#root;
    if (ref.startsWith("#/")) return follow(this.#root, ref.slice(2));
    const exact = this.#named(ref);
    if (exact !== undefined) return exact;
    const hash = ref.indexOf("#");
    if (hash < 1) return undefined;
    const resource = this.#named(ref.slice(0, hash));
    const pointer = ref.slice(hash + 1);
    if (pointer === "") return resource;
    return pointer.startsWith("/") ? follow(resource, pointer.slice(1)) : this.#named(`#${pointer}`);
  }

  #named(name: string): unknown {
    if (!this.#names) {
      this.#names = new Map();
      this.#index(this.#root, this.#names);
    }
    return this.#names.get(name);
  }

  #index(node: unknown, names: Map<string, unknown>): void {
    this.#budget.spend();
    if (Array.isArray(node)) {
      for (const item of node) this.#index(item, names);
    } else if (isObject(node)) {
      if (typeof node.$id === "string") names.set(node.$id, node);
      for (const key of ["$anchor", "$dynamicAnchor"]) {
        if (typeof node[key] === "string") names.set(`#${node[key]}`, node);
      }
      for (const value of Object.values(node)) this.#index(value, names);
    }
  }
}

/** Follows a JSON pointer (RFC 6901) in its URI fragment form. */
function follow(document: unknown, pointer: string): unknown {
  let node = document;
  for (const token of pointer.split("/")) {
    const key = decode(token).replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(node)) node = node[Number(key)];
    else if (isObject(node) && Object.hasOwn(node, key)) node = node[key];
    else return undefined;
  }
  return node;
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
