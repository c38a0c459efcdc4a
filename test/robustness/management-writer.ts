import { BASETEN_TARGET } from "../support/client.js";
import type { Answer, EmulatorProcess } from "./emulator-process.js";

/** What a writer's objects look like from outside, by the names it gave them. */
export interface Written {
  /** Slug to model id. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** By external entity id. */
  readonly groups: Readonly<Record<string, WrittenGroup>>;
}

interface WrittenGroup {
  readonly parent: string | null;
  /** Threshold of the one limit of each slug. */
  readonly models: readonly (readonly [slug: string, threshold: number])[];
  /** Names of its keys. */
  readonly keys: readonly string[];
}

/** One request, and what it makes of the state; all of it or nothing. */
interface Write {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly after: Written;
  acknowledged?(body: Answer["body"]): void;
}

export const EMPTY: Written = { endpoints: {}, groups: {} };
const SLUG = "acme/llama";

/**
 * Writes one thing after the other, and knows what has to be there: creates, patches, deletes and mints by turns.
 * Everything it makes carries its own name, so that several writers work side by side.
 */
export class ManagementWriter {
  readonly name: string;
  /** What was acknowledged. */
  state: Written = EMPTY;
  /** What the state is if the write under way was made before the process ended. */
  underway: Written | null = null;
  /** Minted and acknowledged, by name; revoked ones are gone. */
  readonly keys = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  #step = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** @returns whether the write was acknowledged; false when the process is gone */
  async write(emulator: EmulatorProcess): Promise<boolean> {
    const write = this.#next();
    this.underway = write.after;
    const answer = await emulator.ask(write.method, write.path, write.body);
    if (answer === null) return false;
    if (answer.status !== 200) throw new Error(`${write.method} ${write.path}: ${JSON.stringify(answer)}`);
    write.acknowledged?.(answer.body);
    this.state = write.after;
    this.underway = null;
    return true;
  }

  /** Goes on from what is there after a restart. */
  resume(found: Written, ids: ReadonlyMap<string, string>): void {
    this.state = found;
    this.underway = null;
    for (const [name, id] of ids) this.#ids.set(name, id);
    const live = new Set(Object.values(found.groups).flatMap(({ keys }) => keys));
    for (const name of this.keys.keys()) if (!live.has(name)) this.keys.delete(name);
  }

  #next(): Write {
    const step = this.#step++;
    const name = `${this.name}-${step}`;
    const slugs = Object.keys(this.state.endpoints);
    const entities = Object.keys(this.state.groups);
    const slug = slugs[step % Math.max(1, slugs.length)];
    const entity = entities[step % Math.max(1, entities.length)];
    switch (step % 12) {
      case 0:
      case 6:
        return this.#createEndpoint(`acme/${name}`);
      case 3:
        return slug === undefined ? this.#createEndpoint(`acme/${name}`) : this.#renameEndpoint(slug, name);
      case 9:
        return slugs.length < 3 || slug === undefined
          ? this.#createEndpoint(`acme/${name}`)
          : this.#deleteEndpoint(slug);
      case 5:
        return entity === undefined ? this.#createGroup(name, null) : this.#patchGroup(entity, step);
      case 11:
        return entities.length < 8 || entity === undefined
          ? this.#createGroup(name, null)
          : this.#deleteGroup(entity);
      case 2:
      case 7:
      case 8:
        return entity === undefined ? this.#createGroup(name, null) : this.#mint(entity, name);
      case 10:
        return this.#revoke() ?? this.#createGroup(name, null);
      default:
        return this.#createGroup(name, step % 2 === 0 ? null : this.#parent());
    }
  }

  /** A group with room for another level below it. */
  #parent(): string | null {
    const depth = (entity: string): number => {
      const parent = this.state.groups[entity]?.parent ?? null;
      return parent === null ? 1 : 1 + depth(parent);
    };
    return Object.keys(this.state.groups).findLast((entity) => depth(entity) < 5) ?? null;
  }

  #createEndpoint(slug: string): Write {
    return {
      method: "POST",
      path: "/v1/gateway/endpoints",
      body: { slug, targets: [BASETEN_TARGET] },
      after: this.#withEndpoints({ ...this.state.endpoints, [slug]: BASETEN_TARGET.model_id }),
      acknowledged: ({ id }) => this.#ids.set(slug, id),
    };
  }

  #renameEndpoint(slug: string, name: string): Write {
    const { [slug]: _, ...others } = this.state.endpoints;
    const id = this.#idOf(slug);
    return {
      method: "PATCH",
      path: `/v1/gateway/endpoints/${id}`,
      body: { slug: `acme/${name}`, targets: [{ ...BASETEN_TARGET, model_id: name }] },
      after: this.#withEndpoints({ ...others, [`acme/${name}`]: name }),
      acknowledged: () => this.#ids.set(`acme/${name}`, id),
    };
  }

  #deleteEndpoint(slug: string): Write {
    const { [slug]: _, ...others } = this.state.endpoints;
    return {
      method: "DELETE",
      path: `/v1/gateway/endpoints/${this.#idOf(slug)}`,
      after: this.#withEndpoints(others),
    };
  }

  #createGroup(entity: string, parent: string | null): Write {
    const group: WrittenGroup = {
      parent,
      models: [
        [SLUG, 1_000],
        [`acme/${entity}`, 7],
      ],
      keys: [],
    };
    return {
      method: "POST",
      path: "/v1/gateway/groups",
      body: {
        metadata: { external_entity_id: entity },
        models: modelsBody(group.models),
        hierarchy: { parent_group_id: parent === null ? null : this.#idOf(parent) },
      },
      after: this.#withGroup(entity, group),
      acknowledged: ({ id }) => this.#ids.set(entity, id),
    };
  }

  #patchGroup(entity: string, step: number): Write {
    const group: WrittenGroup = {
      ...this.#group(entity),
      models: [
        [SLUG, 1_000 + step],
        [`acme/${entity}`, step],
      ],
    };
    return {
      method: "PATCH",
      path: `/v1/gateway/groups/${this.#idOf(entity)}`,
      body: { models: modelsBody(group.models) },
      after: this.#withGroup(entity, group),
    };
  }

  /** The whole subtree goes, keys included (G-9). */
  #deleteGroup(entity: string): Write {
    const gone = new Set([entity]);
    // In no order: after a restart the groups come as the list gives them. A group is as deep as five levels.
    for (let level = 0; level < 5; level++) {
      for (const [name, { parent }] of Object.entries(this.state.groups)) {
        if (parent !== null && gone.has(parent)) gone.add(name);
      }
    }
    const left = Object.entries(this.state.groups).filter(([name]) => !gone.has(name));
    return {
      method: "DELETE",
      path: `/v1/gateway/groups/${this.#idOf(entity)}`,
      after: { ...this.state, groups: Object.fromEntries(left) },
      acknowledged: () => {
        for (const name of gone) for (const key of this.#group(name).keys) this.keys.delete(key);
      },
    };
  }

  #mint(entity: string, name: string): Write {
    const group = this.#group(entity);
    return {
      method: "POST",
      path: `/v1/gateway/groups/${this.#idOf(entity)}/api_keys`,
      body: { name },
      after: this.#withGroup(entity, { ...group, keys: [...group.keys, name].sort() }),
      acknowledged: ({ api_key, prefix }) => {
        this.keys.set(name, api_key);
        this.#ids.set(name, prefix);
      },
    };
  }

  #revoke(): Write | null {
    const [entity, group] = Object.entries(this.state.groups).find(([, { keys }]) => keys.length > 0) ?? [];
    const name = group?.keys[0];
    if (entity === undefined || group === undefined || name === undefined) return null;
    return {
      method: "DELETE",
      path: `/v1/gateway/groups/${this.#idOf(entity)}/api_keys/${this.#idOf(name)}`,
      after: this.#withGroup(entity, { ...group, keys: group.keys.slice(1) }),
      acknowledged: () => this.keys.delete(name),
    };
  }

  #withEndpoints(endpoints: Written["endpoints"]): Written {
    return { ...this.state, endpoints };
  }

  #withGroup(entity: string, group: WrittenGroup): Written {
    return { ...this.state, groups: { ...this.state.groups, [entity]: group } };
  }

  #group(entity: string): WrittenGroup {
    const group = this.state.groups[entity];
    if (!group) throw new Error(`no group ${entity}`);
    return group;
  }

  #idOf(name: string): string {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Error(`no id of ${name}`);
    return id;
  }
}

function modelsBody(models: WrittenGroup["models"]) {
  return models.map(([slug, threshold]) => ({
    slug,
    rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold }],
  }));
}

/** Everything that an emulator has of one writer, and the ids behind its names. */
export async function readWritten(
  emulator: EmulatorProcess,
  writer: string,
): Promise<{ found: Written; ids: Map<string, string> }> {
  const ids = new Map<string, string>();
  const endpoints: Record<string, string> = {};
  for (const { id, slug, targets } of await everything(emulator, "/v1/gateway/endpoints")) {
    if (!slug.startsWith(`acme/${writer}-`)) continue;
    ids.set(slug, id);
    endpoints[slug] = targets[0].model_id;
  }
  const listed = await everything(emulator, "/v1/gateway/groups");
  const entityOf = new Map(listed.map(({ id, metadata }) => [id, metadata.external_entity_id]));
  const groups: Record<string, WrittenGroup> = {};
  for (const { id, metadata, models, hierarchy } of listed) {
    const entity = metadata.external_entity_id;
    if (!entity.startsWith(`${writer}-`)) continue;
    ids.set(entity, id);
    const keys = await everything(emulator, `/v1/gateway/groups/${id}/api_keys`);
    for (const { name, prefix } of keys) ids.set(name, prefix);
    groups[entity] = {
      parent: hierarchy.parent_group_id === null ? null : entityOf.get(hierarchy.parent_group_id),
      models: models.map((model: Answer["body"]) => [model.slug, model.rate_limits[0].threshold]),
      keys: keys.map(({ name }) => name).sort(),
    };
  }
  return { found: { endpoints, groups }, ids };
}

async function everything(emulator: EmulatorProcess, path: string): Promise<Answer["body"][]> {
  const items: Answer["body"][] = [];
  for (let cursor = ""; ; ) {
    const page = await emulator.get(`${path}?limit=1000${cursor}`);
    items.push(...page.items);
    if (!page.pagination.has_more) return items;
    cursor = `&cursor=${page.pagination.cursor}`;
  }
}
