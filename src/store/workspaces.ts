import type { Workspace } from "../domain/model.js";
import { assignmentsOf, columnsOf, fieldsOf, insertInto, queriesOf, valuesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

export function createWorkspaceStore(db: Preparing) {
  const fields = fieldsOf<Workspace>(db, "workspaces");
  const select = `SELECT ${columnsOf(fields)} FROM workspaces`;
  const { one, all } = queriesOf<Workspace>(db, {
    json: ["orgPrefixes", "models", "chains", "user", "team", "webhook"],
    flags: ["onboarded"],
  });
  const insert = db.prepare(insertInto("workspaces", fields));
  const update = db.prepare(`UPDATE workspaces SET ${assignmentsOf(fields)} WHERE id = ?`);

  return {
    insert: (workspace: Workspace) => void insert.run(...valuesOf(workspace, fields)),
    update: (workspace: Workspace) => void update.run(...valuesOf(workspace, fields), workspace.id),
    byId: one<[id: string]>(`${select} WHERE id = ?`),
    byName: one<[name: string]>(`${select} WHERE name = ?`),
    /** All workspaces, by name. */
    all: all<[]>(`${select} ORDER BY name`),
  };
}
