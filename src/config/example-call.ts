import type { Seed } from "../schemas/seed.js";
import type { GroupSeed } from "../schemas/seed-workspace.js";

/** What a first chat request needs, taken from a seed. */
export interface ExampleCall {
  /** A federated key, with its secret. */
  readonly key: string;
  readonly slug: string;
}

/** The first federated key whose group has a slug with an endpoint, and that slug; null if there is none. */
export function exampleCall(seed: Seed): ExampleCall | null {
  for (const { groups = [], endpoints = [] } of seed.workspaces ?? []) {
    const slugs = new Set(endpoints.map(({ slug }) => slug));
    for (const { keys = [], models } of withDescendants(groups)) {
      const [key] = keys;
      const model = models.find(({ slug }) => slugs.has(slug));
      if (key && model) return { key: key.key, slug: model.slug };
    }
  }
  return null;
}

function* withDescendants(groups: readonly GroupSeed[]): Generator<GroupSeed> {
  for (const group of groups) {
    yield group;
    yield* withDescendants(group.groups ?? []);
  }
}
