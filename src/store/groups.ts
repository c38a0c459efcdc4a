import type { Group } from "../domain/model.js";
import { columnsOf, fieldsOf, insertInto, queriesOf, valuesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";
import type { PageKey } from "./page.js";

export function createGroupStore(db: Preparing) {
  const fields = fieldsOf<Group>(db, "groups", "deletedAt");
  const select = `SELECT ${columnsOf(fields)} FROM groups`;
  const { one, all } = queriesOf<Group>(db, { json: ["models"] });
  const insert = db.prepare(insertInto("groups", fields));
  const update = db.prepare("UPDATE groups SET name = :name, models = :models WHERE id = :id");
  const remove = db.prepare<[number, string]>("UPDATE groups SET deleted_at = ? WHERE id = ?");
  const page = all<[string, number, string, number]>(
    `${select} WHERE workspace_id = ? AND deleted_at IS NULL AND (created_at, id) > (?, ?)
     ORDER BY created_at, id LIMIT ?`,
  );
  const idTaken = db.prepare<[string]>("SELECT 1 FROM groups WHERE id = ?");

  return {
    insert: (group: Group) => void insert.run(...valuesOf(group, fields)),
    /** Name and models; the rest of a group never changes (G-8). */
    update: ({ id, name, models }: Group) => void update.run({ id, name, models: JSON.stringify(models) }),
    remove(ids: readonly string[], at: number): void {
      for (const id of ids) remove.run(at, id);
    },
    /** Deleted ones are not found. */
    byId: one<[id: string]>(`${select} WHERE id = ? AND deleted_at IS NULL`),
    byEntity: one<[workspaceId: string, externalEntityId: string]>(
      `${select} WHERE workspace_id = ? AND external_entity_id = ? AND deleted_at IS NULL`,
    ),
    /** At most `limit` groups after `after`, oldest first, ties by id (P-2). */
    page: (workspaceId: string, after: PageKey, limit: number) =>
      page(workspaceId, after.at, after.id, limit),
    /** The group and its ancestors, up to the root. */
    chain: all<[id: string]>(
      `WITH RECURSIVE up (level, id) AS (
         SELECT 0, ?
         UNION ALL
         SELECT up.level + 1, groups.parent_id FROM up JOIN groups USING (id) WHERE groups.parent_id IS NOT NULL
       )
       ${select} JOIN up USING (id) ORDER BY up.level`,
    ),
    /** Whether a group has or had this id. */
    idTaken: (id: string) => idTaken.get(id) !== undefined,
    /** All descendants, without the group itself, parents before children. */
    descendants: all<[id: string]>(
      `WITH RECURSIVE down (level, id) AS (
         SELECT 1, id FROM groups WHERE parent_id = ?
         UNION ALL
         SELECT down.level + 1, groups.id FROM down JOIN groups ON groups.parent_id = down.id
       )
       ${select} JOIN down USING (id) WHERE deleted_at IS NULL
       ORDER BY down.level, created_at, id`,
    ),
  };
}
