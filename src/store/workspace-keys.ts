import type { WorkspaceKey, WorkspaceKeyType } from "../domain/model.js";
import type { Db } from "./database.js";

interface KeyRow {
  hash: Buffer;
  workspace_id: string;
  prefix: string;
  type: WorkspaceKeyType;
  name: string | null;
  model_ids: string | null;
  of_team: number;
  created_at: number;
}

/** Bytes of the hash that form a key's id. */
const ID_BYTES = 8;

/** Workspace keys, stored as hashes only. */
export interface WorkspaceKeyStore {
  /** Adds a key, or replaces type, name and models of the workspace's existing key. */
  put(key: Omit<WorkspaceKey, "id">, hash: Buffer, at: number): void;
  byHash(hash: Buffer): { key: WorkspaceKey; hash: Buffer } | null;
  /** All keys, oldest first, ties by prefix. */
  list(workspaceId: string): WorkspaceKey[];
  /** Several keys of a seed may have the same prefix. */
  byPrefix(workspaceId: string, prefix: string): WorkspaceKey[];
  /** Whether a key of any workspace has this prefix. */
  prefixTaken(prefix: string): boolean;
  remove(workspaceId: string, prefix: string): void;
}

export function createWorkspaceKeyStore(db: Db): WorkspaceKeyStore {
  const put = db.prepare(
    `INSERT INTO workspace_keys (hash, workspace_id, prefix, type, name, model_ids, of_team, created_at)
     VALUES (:hash, :workspace_id, :prefix, :type, :name, :model_ids, :of_team, :created_at)
     ON CONFLICT (hash) DO UPDATE SET type = excluded.type, name = excluded.name, model_ids = excluded.model_ids
       WHERE workspace_id = excluded.workspace_id`,
  );
  const byHash = db.prepare<[Buffer], KeyRow>("SELECT * FROM workspace_keys WHERE hash = ?");
  const list = db.prepare<[string], KeyRow>(
    "SELECT * FROM workspace_keys WHERE workspace_id = ? ORDER BY created_at, prefix, hash",
  );
  const byPrefix = db.prepare<[string, string], KeyRow>(
    "SELECT * FROM workspace_keys WHERE prefix = ? AND workspace_id = ?",
  );
  const prefixTaken = db.prepare<[string], { taken: 1 }>(
    "SELECT 1 AS taken FROM workspace_keys WHERE prefix = ?",
  );
  const remove = db.prepare("DELETE FROM workspace_keys WHERE workspace_id = ? AND prefix = ?");

  return {
    put(key, hash, at) {
      const row: KeyRow = {
        hash,
        workspace_id: key.workspaceId,
        prefix: key.prefix,
        type: key.type,
        name: key.name,
        model_ids: key.modelIds === null ? null : JSON.stringify(key.modelIds),
        of_team: key.ofTeam ? 1 : 0,
        created_at: at,
      };
      put.run(row);
    },
    byHash(hash) {
      const row = byHash.get(hash);
      return row ? { key: fromRow(row), hash: row.hash } : null;
    },
    list: (workspaceId) => list.all(workspaceId).map(fromRow),
    byPrefix: (workspaceId, prefix) => byPrefix.all(prefix, workspaceId).map(fromRow),
    prefixTaken: (prefix) => prefixTaken.get(prefix) !== undefined,
    remove: (workspaceId, prefix) => void remove.run(workspaceId, prefix),
  };
}

function fromRow(row: KeyRow): WorkspaceKey {
  const modelIds: string[] | null = row.model_ids === null ? null : JSON.parse(row.model_ids);
  return {
    id: row.hash.toString("hex", 0, ID_BYTES),
    workspaceId: row.workspace_id,
    prefix: row.prefix,
    type: row.type,
    name: row.name,
    modelIds,
    ofTeam: row.of_team === 1,
  };
}
