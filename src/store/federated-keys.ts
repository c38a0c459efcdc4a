import type { FederatedKey } from "../domain/model.js";
import { columnsOf } from "./columns.js";
import type { Db } from "./database.js";
import type { PageKey } from "./page.js";

const KEY = columnsOf(["workspaceId", "groupId", "prefix", "name"] satisfies (keyof FederatedKey)[]);

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
  const byHash = db.prepare<[Buffer], FederatedKey & { readonly hash: Buffer }>(
    `SELECT hash, ${KEY} FROM federated_keys WHERE hash = ? AND revoked_at IS NULL`,
  );
  const hashTaken = db.prepare<[Buffer], { taken: 1 }>(
    "SELECT 1 AS taken FROM federated_keys WHERE hash = ?",
  );
  const prefixTaken = db.prepare<[string, string], { taken: 1 }>(
    "SELECT 1 AS taken FROM federated_keys WHERE workspace_id = ? AND prefix = ?",
  );
  const byPrefix = db.prepare<[string, string], FederatedKey>(
    `SELECT ${KEY} FROM federated_keys WHERE group_id = ? AND prefix = ? AND revoked_at IS NULL`,
  );
  const page = db.prepare<[string, number, string, number], FederatedKey & { readonly createdAt: number }>(
    `SELECT ${KEY}, created_at AS createdAt FROM federated_keys
     WHERE group_id = ? AND revoked_at IS NULL AND (created_at, prefix) > (?, ?)
     ORDER BY created_at, prefix LIMIT ?`,
  );

  return {
    insert: (key, hash, at) => void insert.run(hash, key.workspaceId, key.groupId, key.prefix, key.name, at),
    revoke: (groupId, prefix, at) => void revoke.run(at, groupId, prefix),
    revokeAll(groupIds, at) {
      for (const id of groupIds) revokeAll.run(at, id);
    },
    byHash(known) {
      const row = byHash.get(known);
      if (!row) return null;
      const { hash, ...key } = row;
      return { key, hash };
    },
    hashTaken: (hash) => hashTaken.get(hash) !== undefined,
    prefixTaken: (workspaceId, prefix) => prefixTaken.get(workspaceId, prefix) !== undefined,
    byPrefix: (groupId, prefix) => byPrefix.get(groupId, prefix) ?? null,
    page: (groupId, after, limit) =>
      page.all(groupId, after.at, after.id, limit).map(({ createdAt, ...key }) => ({ key, createdAt })),
  };
}
