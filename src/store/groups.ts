import type { Group } from "../domain/model.js";
import { columnsOf, insertInto, valuesOf } from "./columns.js";
import type { Db } from "./database.js";
import type { PageKey } from "./page.js";

/** A row with its fields in camel case; `models` is JSON. */
type GroupRow = Omit<Group, "models"> & { readonly models: string };

const FIELDS = [
  "id",
  "workspaceId",
  "externalEntityId",
  "name",
  "models",
  "enforcement",
  "parentId",
  "createdAt",
] as const satisfies readonly (keyof Group)[];

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
  /** Whether a group has or had this id. */
  idTaken(id: string): boolean;
  /** All descendants, without the group itself, parents before children. */
  descendants(id: string): Group[];
}

export function createGroupStore(db: Db): GroupStore {
  const select = `SELECT ${columnsOf(FIELDS)} FROM groups`;
  const insert = db.prepare(insertInto("groups", FIELDS));
  const update = db.prepare("UPDATE groups SET name = :name, models = :models WHERE id = :id");
  const remove = db.prepare<[number, string]>("UPDATE groups SET deleted_at = ? WHERE id = ?");
  const byId = db.prepare<[string], GroupRow>(`${select} WHERE id = ? AND deleted_at IS NULL`);
  const byEntity = db.prepare<[string, string], GroupRow>(
    `${select} WHERE workspace_id = ? AND external_entity_id = ? AND deleted_at IS NULL`,
  );
  const page = db.prepare<[string, number, string, number], GroupRow>(
    `${select} WHERE workspace_id = ? AND deleted_at IS NULL AND (created_at, id) > (?, ?)
     ORDER BY created_at, id LIMIT ?`,
  );
  const chain = db.prepare<[string], GroupRow>(
    `WITH RECURSIVE up (level, id) AS (
       SELECT 0, ?
       UNION ALL
       SELECT up.level + 1, groups.parent_id FROM up JOIN groups USING (id) WHERE groups.parent_id IS NOT NULL
     )
     ${select} JOIN up USING (id) ORDER BY up.level`,
  );
  const idTaken = db.prepare<[string], { taken: 1 }>("SELECT 1 AS taken FROM groups WHERE id = ?");
  const descendants = db.prepare<[string], GroupRow>(
    `WITH RECURSIVE down (level, id) AS (
       SELECT 1, id FROM groups WHERE parent_id = ?
       UNION ALL
       SELECT down.level + 1, groups.id FROM down JOIN groups ON groups.parent_id = down.id
     )
     ${select} JOIN down USING (id) WHERE deleted_at IS NULL
     ORDER BY down.level, created_at, id`,
  );

  return {
    insert: (group) => void insert.run(valuesOf({ ...group, models: JSON.stringify(group.models) }, FIELDS)),
    update: ({ id, name, models }) => void update.run({ id, name, models: JSON.stringify(models) }),
    remove(ids, at) {
      for (const id of ids) remove.run(at, id);
    },
    byId: (id) => found(byId.get(id)),
    byEntity: (workspaceId, externalEntityId) => found(byEntity.get(workspaceId, externalEntityId)),
    page: (workspaceId, after, limit) => page.all(workspaceId, after.at, after.id, limit).map(fromRow),
    chain: (id) => chain.all(id).map(fromRow),
    idTaken: (id) => idTaken.get(id) !== undefined,
    descendants: (id) => descendants.all(id).map(fromRow),
  };
}

function found(row: GroupRow | undefined): Group | null {
  return row ? fromRow(row) : null;
}

function fromRow(row: GroupRow): Group {
  return { ...row, models: JSON.parse(row.models) };
}
