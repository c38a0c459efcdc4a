import { GatewayError, invalid } from "../../domain/errors.js";
import { type EffectiveModel, effectiveModels } from "../../domain/limits/effective.js";
import { cascadingConflict, MAX_LEVELS } from "../../domain/limits/hierarchy.js";
import type { Group, GroupModel, LimitEnforcement, Workspace } from "../../domain/model.js";
import { newId, type WorldContext, write } from "../world-context.js";
import { type Page, type PageRequest, pageOf } from "./pages.js";

/** What POST /v1/gateway/groups takes (G-1). */
interface NewGroup extends Pick<Group, "name" | "externalEntityId" | "models" | "parentId"> {
  /** null: the parent's, or INDEPENDENT for a root (G-4). */
  readonly enforcement: LimitEnforcement | null;
}

/** What PATCH takes (G-8). */
interface GroupChange {
  /** undefined: no change. */
  readonly name?: string | null | undefined;
  /** undefined: no change; an empty list removes all. */
  readonly models?: readonly GroupModel[] | undefined;
}

/** A group with its effective models (G-10). */
export interface GroupView {
  readonly group: Group;
  readonly effectiveModels: readonly EffectiveModel[];
}

/** The documented message (G-6). */
const EXCEEDS_PARENT = "Child group exceeds parent group limit.";

/** Groups of the management API (G-1 to G-10). */
export class Groups {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /** @throws GatewayError `not_found` (parent, G-5), `validation` (G-2 to G-6) */
  create(workspace: Workspace, input: NewGroup): GroupView {
    const { store, clock } = this.#context;
    const ancestors = input.parentId === null ? [] : this.#parentChain(workspace, input.parentId);
    const enforcement = checkedEnforcement(input.enforcement, ancestors[0]);
    if (ancestors.length >= MAX_LEVELS) {
      throw invalid("hierarchy.parent_group_id", `groups nest at most ${MAX_LEVELS} levels deep`);
    }
    if (store.groups.byEntity(workspace.id, input.externalEntityId)) {
      throw invalid(
        "metadata.external_entity_id",
        `a group with external_entity_id ${JSON.stringify(input.externalEntityId)} already exists`,
      );
    }
    if (enforcement === "CASCADING") this.#checkCascade(input.models, ancestors, []);
    return write(this.#context, () => {
      const group: Group = {
        ...input,
        id: newId(this.#context, (id) => store.groups.idTaken(id)),
        workspaceId: workspace.id,
        enforcement,
        createdAt: clock.now(),
      };
      store.groups.insert(group);
      return view([group, ...ancestors]);
    });
  }

  /** @param externalEntityId exact filter; without a match the page is empty (G-7) */
  list(workspace: Workspace, request: PageRequest, externalEntityId?: string): Page<GroupView> {
    const { groups } = this.#context.store;
    if (externalEntityId !== undefined) {
      const group = groups.byEntity(workspace.id, externalEntityId);
      return { items: group ? [view(groups.chain(group.id))] : [], next: null };
    }
    const { items, next } = pageOf(
      request,
      (after, limit) => groups.page(workspace.id, after, limit),
      (group) => ({ at: group.createdAt, id: group.id }),
    );
    return { items: items.map((group) => view(groups.chain(group.id))), next };
  }

  /** @throws GatewayError `foreign`, `not_found` */
  get(workspace: Workspace, id: string): GroupView {
    return view(this.chain(workspace, id));
  }

  /** The group and its ancestors up to the root. @throws GatewayError `foreign`, `not_found` */
  chain(workspace: Workspace, id: string): readonly [Group, ...Group[]] {
    const group = this.#context.store.groups.byId(id);
    if (!group) throw new GatewayError("not_found", { message: `Group ${id} not found.` });
    if (group.workspaceId !== workspace.id) throw new GatewayError("foreign");
    const ancestors = group.parentId === null ? [] : this.#context.store.groups.chain(group.parentId);
    return [group, ...ancestors];
  }

  /** @throws GatewayError `foreign`, `not_found`, `validation` (G-6, G-8) */
  update(workspace: Workspace, id: string, change: GroupChange): GroupView {
    const [group, ...ancestors] = this.chain(workspace, id);
    const changed: Group = {
      ...group,
      name: change.name === undefined ? group.name : change.name,
      models: change.models ?? group.models,
    };
    if (change.models && group.enforcement === "CASCADING") {
      this.#checkCascade(changed.models, ancestors, this.#context.store.groups.descendants(id));
    }
    write(this.#context, () => this.#context.store.groups.update(changed));
    return view([changed, ...ancestors]);
  }

  /** Deletes the subtree and its keys (G-9). */
  remove(workspace: Workspace, id: string): { group: Group; deletedAt: number } {
    const [group] = this.chain(workspace, id);
    const { store, clock } = this.#context;
    const deletedAt = clock.now();
    write(this.#context, () => {
      const ids = [id, ...store.groups.descendants(id).map((group) => group.id)];
      store.keys.revokeAll(ids, deletedAt);
      store.groups.remove(ids, deletedAt);
    });
    return { group, deletedAt };
  }

  /** The parent's chain. Unknown parents and those of other workspaces are 404 (G-5). */
  #parentChain(workspace: Workspace, parentId: string): readonly [Group, ...Group[]] {
    const parent = this.#context.store.groups.byId(parentId);
    if (!parent || parent.workspaceId !== workspace.id) {
      throw new GatewayError("not_found", { message: `Parent group ${parentId} not found.` });
    }
    return this.chain(workspace, parentId);
  }

  #checkCascade(
    models: readonly GroupModel[],
    ancestors: readonly Group[],
    descendants: readonly Group[],
  ): void {
    const conflict = cascadingConflict(models, ancestors, descendants);
    if (!conflict) return;
    const { slug, type, unit, threshold, otherGroupId, otherThreshold } = conflict;
    throw new GatewayError("validation", {
      message: EXCEEDS_PARENT,
      hint: `${type}/${unit} of ${slug}: ${threshold} of this group conflicts with ${otherThreshold} of group ${otherGroupId}. No threshold may be above an ancestor's.`,
    });
  }
}

/** The mode of a new group: the parent's, or INDEPENDENT for a root by default (G-4, G-5). */
function checkedEnforcement(wanted: LimitEnforcement | null, parent: Group | undefined): LimitEnforcement {
  if (!parent) return wanted ?? "INDEPENDENT";
  if (wanted !== null && wanted !== parent.enforcement) {
    throw invalid(
      "hierarchy.limit_enforcement",
      `expected the parent's mode ${parent.enforcement}; modes cannot be mixed in one hierarchy`,
    );
  }
  return parent.enforcement;
}

function view(chain: readonly Group[]): GroupView {
  const [group] = chain;
  if (!group) throw new Error("a chain has at least the group itself");
  return { group, effectiveModels: effectiveModels(chain) };
}
