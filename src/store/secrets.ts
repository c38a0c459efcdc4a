import type { Secret } from "../domain/model.js";
import { columnsOf } from "./columns.js";
import type { Db } from "./database.js";

const SELECT = `SELECT ${columnsOf(["workspaceId", "id", "name", "createdAt"] satisfies (keyof Secret)[])} FROM secrets`;

/** The names of secrets. Values are not stored (I-7.3e). */
export interface SecretStore {
  insert(secret: Secret): void;
  /** Adds a secret of a seed, or replaces the name of the secret with this id. */
  declare(secret: Secret): void;
  /** Deletes the secrets of earlier seeds except these ids. Secrets made by the API stay. */
  forgetDeclared(workspaceId: string, keep: readonly string[]): void;
  /** Whether a seed declares any (E-7). */
  anyDeclared(workspaceId: string): boolean;
  byId(workspaceId: string, id: string): Secret | null;
  byName(workspaceId: string, name: string): Secret | null;
  /** All secrets, oldest first, ties by name. */
  list(workspaceId: string): Secret[];
}

export function createSecretStore(db: Db): SecretStore {
  const insert = db.prepare<[string, string, string, number]>(
    "INSERT INTO secrets (workspace_id, id, name, created_at, declared) VALUES (?, ?, ?, ?, 0)",
  );
  const declare = db.prepare<[string, string, string, number]>(
    `INSERT INTO secrets (workspace_id, id, name, created_at, declared) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, declared = 1`,
  );
  const forgetDeclared = db.prepare<[string, string]>(
    `DELETE FROM secrets
     WHERE workspace_id = ? AND declared = 1 AND id NOT IN (SELECT value FROM json_each(?))`,
  );
  const anyDeclared = db.prepare<[string], { any: 1 }>(
    "SELECT 1 AS any FROM secrets WHERE workspace_id = ? AND declared = 1 LIMIT 1",
  );
  const byId = db.prepare<[string, string], Secret>(`${SELECT} WHERE workspace_id = ? AND id = ?`);
  const byName = db.prepare<[string, string], Secret>(`${SELECT} WHERE workspace_id = ? AND name = ?`);
  const list = db.prepare<[string], Secret>(`${SELECT} WHERE workspace_id = ? ORDER BY created_at, name`);

  return {
    insert: (secret) => void insert.run(secret.workspaceId, secret.id, secret.name, secret.createdAt),
    declare: (secret) => void declare.run(secret.workspaceId, secret.id, secret.name, secret.createdAt),
    forgetDeclared: (workspaceId, keep) => void forgetDeclared.run(workspaceId, JSON.stringify(keep)),
    anyDeclared: (workspaceId) => anyDeclared.get(workspaceId) !== undefined,
    byId: (workspaceId, id) => byId.get(workspaceId, id) ?? null,
    byName: (workspaceId, name) => byName.get(workspaceId, name) ?? null,
    list: (workspaceId) => list.all(workspaceId),
  };
}
