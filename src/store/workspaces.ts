import type { Workspace } from "../domain/model.js";
import { assignmentsOf, columnsOf, insertInto, queriesOf, valuesOf } from "./columns.js";
import type { Db } from "./database.js";

/** The fields that an update changes. */
const CHANGING = [
  "onboarded",
  "orgPrefixes",
  "registrationPublicKey",
  "models",
  "chains",
  "user",
  "team",
  "webhook",
] as const;
const FIELDS = ["id", "name", "createdAt", ...CHANGING] as const satisfies readonly (keyof Workspace)[];

export function createWorkspaceStore(db: Db) {
  const select = `SELECT ${columnsOf(FIELDS)} FROM workspaces`;
  const { one, all } = queriesOf<Workspace>(db, {
    json: ["orgPrefixes", "models", "chains", "user", "team", "webhook"],
    flags: ["onboarded"],
  });
  const insert = db.prepare(insertInto("workspaces", FIELDS));
  const update = db.prepare(`UPDATE workspaces SET ${assignmentsOf(CHANGING)} WHERE id = ?`);

  return {
    insert: (workspace: Workspace) => void insert.run(valuesOf(workspace, FIELDS)),
    update: (workspace: Workspace) => void update.run(valuesOf(workspace, CHANGING), workspace.id),
    byId: one<[id: string]>(`${select} WHERE id = ?`),
    byName: one<[name: string]>(`${select} WHERE name = ?`),
    /** All workspaces, by name. */
    all: all<[]>(`${select} ORDER BY name`),
  };
}
