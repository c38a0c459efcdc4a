import type { Secret } from "../domain/model.js";
import { columnsOf, queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

const SELECT = `SELECT ${columnsOf(["workspaceId", "id", "name", "createdAt"] satisfies (keyof Secret)[])} FROM secrets`;

/** The names of secrets. Values are not stored (I-7.3e). */
export function createSecretStore(db: Preparing) {
  const { one, all } = queriesOf<Secret>(db);
  const put = db.prepare<[Secret & { readonly declared: 0 | 1 }]>(
    `INSERT INTO secrets (workspace_id, id, name, created_at, declared)
     VALUES (:workspaceId, :id, :name, :createdAt, :declared)
     ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, declared = excluded.declared`,
  );
  const forgetDeclared = db.prepare<[string, string]>(
    `DELETE FROM secrets
     WHERE workspace_id = ? AND declared = 1 AND id NOT IN (SELECT value FROM json_each(?))`,
  );
  const anyDeclared = db.prepare<[string]>(
    "SELECT 1 FROM secrets WHERE workspace_id = ? AND declared = 1 LIMIT 1",
  );

  return {
    /** Adds a secret, or replaces the name of the secret with this id. @param declared by a seed */
    put: (secret: Secret, declared: boolean) => void put.run({ ...secret, declared: declared ? 1 : 0 }),
    /** Deletes the secrets of earlier seeds except these ids. Secrets made by the API stay. */
    forgetDeclared: (workspaceId: string, keep: readonly string[]) =>
      void forgetDeclared.run(workspaceId, JSON.stringify(keep)),
    /** Whether a seed declares any (E-7). */
    anyDeclared: (workspaceId: string) => anyDeclared.get(workspaceId) !== undefined,
    byId: one<[workspaceId: string, id: string]>(`${SELECT} WHERE workspace_id = ? AND id = ?`),
    byName: one<[workspaceId: string, name: string]>(`${SELECT} WHERE workspace_id = ? AND name = ?`),
    /** All secrets, oldest first, ties by name. */
    list: all<[workspaceId: string]>(`${SELECT} WHERE workspace_id = ? ORDER BY created_at, name`),
  };
}
