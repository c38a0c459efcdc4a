import type { WorkspaceKey } from "../domain/model.js";
import { columnsOf, queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

/** Bytes of the hash that form a key's id. */
const ID_BYTES = 8;

const KEY = `lower(hex(substr(hash, 1, ${ID_BYTES}))) AS id,
  ${columnsOf(["workspaceId", "prefix", "type", "name", "modelIds", "ofTeam"] satisfies (keyof WorkspaceKey)[])}`;
const SELECT = `SELECT ${KEY} FROM workspace_keys`;
/** Of columns that are no text or number. */
const KINDS = { json: ["modelIds"], flags: ["ofTeam"] } as const;

/** Workspace keys, stored as hashes only. */
export function createWorkspaceKeyStore(db: Preparing) {
  const { all } = queriesOf<WorkspaceKey>(db, KINDS);
  const put = db.prepare<[object]>(
    `INSERT INTO workspace_keys (hash, workspace_id, prefix, type, name, model_ids, of_team, created_at)
     VALUES (:hash, :workspaceId, :prefix, :type, :name, :modelIds, :ofTeam, :at)
     ON CONFLICT (hash) DO UPDATE SET type = excluded.type, name = excluded.name, model_ids = excluded.model_ids
       WHERE workspace_id = excluded.workspace_id`,
  );
  const prefixTaken = db.prepare<[string]>("SELECT 1 FROM workspace_keys WHERE prefix = ?");
  const remove = db.prepare<[string, string]>(
    "DELETE FROM workspace_keys WHERE workspace_id = ? AND prefix = ?",
  );

  return {
    /** Adds a key, or replaces type, name and models of the workspace's existing key. */
    put(key: Omit<WorkspaceKey, "id">, hash: Buffer, at: number): void {
      const modelIds = key.modelIds && JSON.stringify(key.modelIds);
      put.run({ ...key, modelIds, ofTeam: key.ofTeam ? 1 : 0, hash, at });
    },
    /** A key by the hash of its text; with the hash, to compare. */
    byHash: queriesOf<WorkspaceKey & { readonly hash: Buffer }>(db, KINDS).one<[hash: Buffer]>(
      `SELECT ${KEY}, hash FROM workspace_keys WHERE hash = ?`,
    ),
    /** All keys, oldest first, ties by prefix. */
    list: all<[workspaceId: string]>(`${SELECT} WHERE workspace_id = ? ORDER BY created_at, prefix, hash`),
    /** Several keys of a seed may have the same prefix. */
    byPrefix: all<[workspaceId: string, prefix: string]>(`${SELECT} WHERE workspace_id = ? AND prefix = ?`),
    /** Whether a key of any workspace has this prefix. */
    prefixTaken: (prefix: string) => prefixTaken.get(prefix) !== undefined,
    remove: (workspaceId: string, prefix: string) => void remove.run(workspaceId, prefix),
  };
}
