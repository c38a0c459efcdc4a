import type { FederatedKey } from "../domain/model.js";
import type { Db } from "./database.js";
import type { PageKey } from "./page.js";

interface KeyRow {
  hash: Buffer;
  workspace_id: string;
  group_id: string;
  prefix: string;
  name: string | null;
  created_at: number;
  revoked_at: number | null;
}

export interface FederatedKeyStore {
  insert(key: FederatedKey, hash: Buffer, at: number): void;
  revoke(groupId: string, prefix: string, at: number): void;
  /** Revokes all keys of these groups (G-9). */
  revokeAll(groupIds: readonly string[], at: number): void;
  /** A key by the hash of its text, unless revoked. */
  byHash(hash: Buffer): { key: FederatedKey; hash: Buffer } | null;
  /** Whether the hash was ever used, also by a revoked key. */
  hashTaken(hash: Buffer): boolean;
  /** Whether the prefix was ever used in the workspace, also by a revoked key (K-5, Y-7). */
  prefixTaken(workspaceId: string, prefix: string): boolean;
  byPrefix(groupId: string, prefix: string): FederatedKey | null;
  /** At most `limit` keys after `after`, oldest first, ties by prefix (P-2). */
  page(groupId: string, after: PageKey, limit: number): { key: FederatedKey; createdAt: number }[];
}

export function createFederatedKeyStore(db: Db): FederatedKeyStore {
  const insert = db.prepare(
    `INSERT INTO federated_keys (hash, workspace_id, group_id, prefix, name, created_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const revoke = db.prepare<[number, string, string]>(
    "UPDATE federated_keys SET revoked_at = ? WHERE group_id = ? AND prefix = ? AND revoked_at IS NULL",
  );
  const revokeAll = db.prepare<[number, string]>(
    "UPDATE federated_keys SET revoked_at = ? WHERE group_id = ? AND revoked_at IS NULL",
  );
  const byHash = db.prepare<[Buffer], KeyRow>(
    "SELECT * FROM federated_keys WHERE hash = ? AND revoked_at IS NULL",
  );
  const hashTaken = db.prepare<[Buffer], { taken: 1 }>(
    "SELECT 1 AS taken FROM federated_keys WHERE hash = ?",
  );
  const prefixTaken = db.prepare<[string, string], { taken: 1 }>(
    "SELECT 1 AS taken FROM federated_keys WHERE workspace_id = ? AND prefix = ?",
  );
  const byPrefix = db.prepare<[string, string], KeyRow>(
    "SELECT * FROM federated_keys WHERE group_id = ? AND prefix = ? AND revoked_at IS NULL",
  );
  const page = db.prepare<[string, number, string, number], KeyRow>(
    `SELECT * FROM federated_keys
     WHERE group_id = ? AND revoked_at IS NULL AND (created_at, prefix) > (?, ?)
     ORDER BY created_at, prefix LIMIT ?`,
  );

  return {
    insert: (key, hash, at) => void insert.run(hash, key.workspaceId, key.groupId, key.prefix, key.name, at),
    revoke: (groupId, prefix, at) => void revoke.run(at, groupId, prefix),
    revokeAll(groupIds, at) {
      for (const id of groupIds) revokeAll.run(at, id);
    },
    byHash(hash) {
      const row = byHash.get(hash);
      return row ? { key: fromRow(row), hash: row.hash } : null;
    },
    hashTaken: (hash) => hashTaken.get(hash) !== undefined,
    prefixTaken: (workspaceId, prefix) => prefixTaken.get(workspaceId, prefix) !== undefined,
    byPrefix(groupId, prefix) {
      const row = byPrefix.get(groupId, prefix);
      return row ? fromRow(row) : null;
    },
    page: (groupId, after, limit) =>
      page
        .all(groupId, after.at, after.id, limit)
        .map((row) => ({ key: fromRow(row), createdAt: row.created_at })),
  };
}

function fromRow(row: KeyRow): FederatedKey {
  return { workspaceId: row.workspace_id, groupId: row.group_id, prefix: row.prefix, name: row.name };
}
