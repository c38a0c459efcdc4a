import type { Secret } from "../domain/model.js";
import type { Db } from "./database.js";

interface SecretRow {
  workspace_id: string;
  id: string;
  name: string;
  created_at: number;
}

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
  const byId = db.prepare<[string, string], SecretRow>(
    "SELECT * FROM secrets WHERE workspace_id = ? AND id = ?",
  );
  const byName = db.prepare<[string, string], SecretRow>(
    "SELECT * FROM secrets WHERE workspace_id = ? AND name = ?",
  );
  const list = db.prepare<[string], SecretRow>(
    "SELECT * FROM secrets WHERE workspace_id = ? ORDER BY created_at, name",
  );

  return {
    insert: (secret) => void insert.run(secret.workspaceId, secret.id, secret.name, secret.createdAt),
    declare: (secret) => void declare.run(secret.workspaceId, secret.id, secret.name, secret.createdAt),
    forgetDeclared: (workspaceId, keep) => void forgetDeclared.run(workspaceId, JSON.stringify(keep)),
    anyDeclared: (workspaceId) => anyDeclared.get(workspaceId) !== undefined,
    byId: (workspaceId, id) => fromRow(byId.get(workspaceId, id)),
    byName: (workspaceId, name) => fromRow(byName.get(workspaceId, name)),
    list: (workspaceId) =>
      list
        .all(workspaceId)
        .map(fromRow)
        .filter((secret) => secret !== null),
  };
}

function fromRow(row: SecretRow | undefined): Secret | null {
  if (!row) return null;
  return { workspaceId: row.workspace_id, id: row.id, name: row.name, createdAt: row.created_at };
}
