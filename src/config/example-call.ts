import type { GroupSeed, Seed } from "../schemas/seed.js";

/** A chat request that a seed makes possible. */
export interface ExampleCall {
  /** A federated key, whole. */
  readonly key: string;
  readonly slug: string;
}

/** The seed's first federated key with a slug of its group that has an endpoint, or null when there is none. */
export function exampleCall(seed: Seed): ExampleCall | null {
  for (const { groups = [], endpoints = [] } of seed.workspaces ?? []) {
    const slugs = new Set(endpoints.map(({ slug }) => slug));
    for (const { keys = [], models } of flatten(groups)) {
      const [key] = keys;
      const model = models.find(({ slug }) => slugs.has(slug));
      if (key && model) return { key: key.key, slug: model.slug };
    }
  }
  return null;
}

function* flatten(groups: readonly GroupSeed[]): Generator<GroupSeed> {
  for (const group of groups) {
    yield group;
    yield* flatten(group.groups ?? []);
  }
}
