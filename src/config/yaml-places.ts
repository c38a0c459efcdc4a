import type * as Yaml from "yaml";

/** Finds where the values of a YAML document stand, through aliases and merge keys. */
export class YamlPlaces {
  readonly #yaml: typeof Yaml;
  readonly #document: Yaml.Document.Parsed;

  constructor(yaml: typeof Yaml, document: Yaml.Document.Parsed) {
    this.#yaml = yaml;
    this.#document = document;
  }

  /**
   * The offset of a value, or of its nearest parent that is there; null when there is none. That of a key's value is
   * the key's own, because the value may begin further down.
   */
  offsetOf(path: readonly PropertyKey[]): number | null {
    let node: unknown = this.#document.contents;
    let offset = this.#start(node);
    for (const step of path) {
      const child = this.#child(this.#resolved(node), step);
      if (!child) break;
      offset = this.#start(child.at) ?? offset;
      node = child.value;
    }
    return offset;
  }

  #child(parent: unknown, step: PropertyKey): { readonly at: unknown; readonly value: unknown } | null {
    const { isMap, isScalar, isSeq } = this.#yaml;
    if (isSeq(parent)) {
      const item = parent.items[Number(step)];
      return item === undefined ? null : { at: item, value: item };
    }
    if (!isMap(parent)) return null;
    for (const { key, value } of parent.items) {
      if (isScalar(key) && String(key.value) === String(step)) return { at: key, value };
    }
    // Own keys come before merged ones, and of those the first.
    for (const { key, value } of parent.items) {
      if (!isScalar(key) || key.source !== "<<") continue;
      const sources = this.#resolved(value);
      for (const source of isSeq(sources) ? sources.items : [sources]) {
        const found = this.#child(this.#resolved(source), step);
        if (found) return found;
      }
    }
    return null;
  }

  #resolved(node: unknown): unknown {
    return this.#yaml.isAlias(node) ? node.resolve(this.#document) : node;
  }

  #start(node: unknown): number | null {
    return this.#yaml.isNode(node) && node.range ? node.range[0] : null;
  }
}
