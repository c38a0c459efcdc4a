import type { Group, GroupModel, LimitEnforcement } from "../domain/model.js";
import type { Db } from "./database.js";
import type { PageKey } from "./page.js";

interface GroupRow {
  id: string;
  workspace_id: string;
  external_entity_id: string;
  name: string | null;
  models: string;
  enforcement: LimitEnforcement;
  parent_id: string | null;
  created_at: number;
  deleted_at: number | null;
}

export interface GroupStore {
  insert(group: Group): void;
  /** Name and models; the rest of a group never changes (G-8). */
  update(group: Pick<Group, "id" | "name" | "models">): void;
  remove(ids: readonly string[], at: number): void;
  /** Deleted ones are not found. */
  byId(id: string): Group | null;
  byEntity(workspaceId: string, externalEntityId: string): Group | null;
  /** At most `limit` groups after `after`, oldest first, ties by id (P-2). */
  page(workspaceId: string, after: PageKey, limit: number): Group[];
  /** The group and its ancestors, up to the root. */
  chain(id: string): Group[];
  /** The ids of the chain. */
  chainIds(id: string): string[];
  /** All descendants, without the group itself, parents before children. */
  descendants(id: string): Group[];
}

export function createGroupStore(db: Db): GroupStore {
  const insert = db.prepare(
    `INSERT INTO groups (id, workspace_id, external_entity_id, name, models, enforcement, parent_id, created_at)
     VALUES (:id, :workspace_id, :external_entity_id, :name, :models, :enforcement, :parent_id, :created_at)`,
  );
  const update = db.prepare("UPDATE groups SET name = :name, models = :models WHERE id = :id");
  const remove = db.prepare<[number, string]>("UPDATE groups SET deleted_at = ? WHERE id = ?");
  const byId = db.prepare<[string], GroupRow>("SELECT * FROM groups WHERE id = ? AND deleted_at IS NULL");
  const byEntity = db.prepare<[string, string], GroupRow>(
    "SELECT * FROM groups WHERE workspace_id = ? AND external_entity_id = ? AND deleted_at IS NULL",
  );
  const page = db.prepare<[string, number, string, number], GroupRow>(
    `SELECT * FROM groups WHERE workspace_id = ? AND deleted_at IS NULL AND (created_at, id) > (?, ?)
     ORDER BY created_at, id LIMIT ?`,
  );
  const chain = db.prepare<[string], GroupRow>(
    `WITH RECURSIVE up (level, id) AS (
       SELECT 0, ?
       UNION ALL
       SELECT up.level + 1, groups.parent_id FROM up JOIN groups USING (id) WHERE groups.parent_id IS NOT NULL
     )
     SELECT groups.* FROM up JOIN groups USING (id) ORDER BY up.level`,
  );
  const descendants = db.prepare<[string], GroupRow>(
    `WITH RECURSIVE down (level, id) AS (
       SELECT 1, id FROM groups WHERE parent_id = ?
       UNION ALL
       SELECT down.level + 1, groups.id FROM down JOIN groups ON groups.parent_id = down.id
     )
     SELECT groups.* FROM down JOIN groups USING (id) WHERE deleted_at IS NULL
     ORDER BY down.level, created_at, id`,
  );

  return {
    insert: (group) =>
      void insert.run({
        id: group.id,
        workspace_id: group.workspaceId,
        external_entity_id: group.externalEntityId,
        name: group.name,
        models: JSON.stringify(group.models),
        enforcement: group.enforcement,
        parent_id: group.parentId,
        created_at: group.createdAt,
      }),
    update: ({ id, name, models }) => void update.run({ id, name, models: JSON.stringify(models) }),
    remove(ids, at) {
      for (const id of ids) remove.run(at, id);
    },
    byId(id) {
      const row = byId.get(id);
      return row ? fromRow(row) : null;
    },
    byEntity(workspaceId, externalEntityId) {
      const row = byEntity.get(workspaceId, externalEntityId);
      return row ? fromRow(row) : null;
    },
    page: (workspaceId, after, limit) => page.all(workspaceId, after.at, after.id, limit).map(fromRow),
    chain: (id) => chain.all(id).map(fromRow),
    chainIds: (id) => chain.all(id).map((row) => row.id),
    descendants: (id) => descendants.all(id).map(fromRow),
  };
}

function fromRow(row: GroupRow): Group {
  const models: GroupModel[] = JSON.parse(row.models);
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    externalEntityId: row.external_entity_id,
    models,
    enforcement: row.enforcement,
    parentId: row.parent_id,
    createdAt: row.created_at,
  };
}
