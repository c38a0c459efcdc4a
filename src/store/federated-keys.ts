import type { FederatedKey } from "../domain/model.js";
import { columnsOf, queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";
import type { PageKey } from "./page.js";

const KEY = columnsOf(["workspaceId", "groupId", "prefix", "name"] satisfies (keyof FederatedKey)[]);
const SELECT = `SELECT ${KEY} FROM federated_keys`;

/** Keys of groups, stored as hashes only. Revoked ones stay. */
export function createFederatedKeyStore(db: Preparing) {
  const { one } = queriesOf<FederatedKey>(db);
  const insert = db.prepare<[FederatedKey & { readonly hash: Buffer; readonly at: number }]>(
    `INSERT INTO federated_keys (hash, workspace_id, group_id, prefix, name, created_at)
     VALUES (:hash, :workspaceId, :groupId, :prefix, :name, :at)`,
  );
  const revoke = db.prepare<[number, string, string]>(
    "UPDATE federated_keys SET revoked_at = ? WHERE group_id = ? AND prefix = ? AND revoked_at IS NULL",
  );
  const revokeAll = db.prepare<[number, string]>(
    "UPDATE federated_keys SET revoked_at = ? WHERE group_id = ? AND revoked_at IS NULL",
  );
  const hashTaken = db.prepare<[Buffer]>("SELECT 1 FROM federated_keys WHERE hash = ?");
  const prefixTaken = db.prepare<[string, string]>(
    "SELECT 1 FROM federated_keys WHERE workspace_id = ? AND prefix = ?",
  );
  const page = db.prepare<[string, number, string, number], FederatedKey & { readonly createdAt: number }>(
    `SELECT ${KEY}, created_at AS createdAt FROM federated_keys
     WHERE group_id = ? AND revoked_at IS NULL AND (created_at, prefix) > (?, ?)
     ORDER BY created_at, prefix LIMIT ?`,
  );

  return {
    insert: (key: FederatedKey, hash: Buffer, at: number) => void insert.run({ ...key, hash, at }),
    revoke: (groupId: string, prefix: string, at: number) => void revoke.run(at, groupId, prefix),
    /** Revokes all keys of these groups (G-9). */
    revokeAll(groupIds: readonly string[], at: number): void {
      for (const id of groupIds) revokeAll.run(at, id);
    },
    /** A key by the hash of its text, unless revoked; with the hash, to compare. */
    byHash: queriesOf<FederatedKey & { readonly hash: Buffer }>(db).one<[hash: Buffer]>(
      `SELECT ${KEY}, hash FROM federated_keys WHERE hash = ? AND revoked_at IS NULL`,
    ),
    /** Whether the hash was ever used, also by a revoked key. */
    hashTaken: (hash: Buffer) => hashTaken.get(hash) !== undefined,
    /** Whether the prefix was ever used in the workspace, also by a revoked key (K-5, Y-7). */
    prefixTaken: (workspaceId: string, prefix: string) => prefixTaken.get(workspaceId, prefix) !== undefined,
    byPrefix: one<[groupId: string, prefix: string]>(
      `${SELECT} WHERE group_id = ? AND prefix = ? AND revoked_at IS NULL`,
    ),
    /** At most `limit` keys after `after`, oldest first, ties by prefix (P-2). */
    page: (groupId: string, after: PageKey, limit: number) =>
      page.all(groupId, after.at, after.id, limit).map(({ createdAt, ...key }) => ({ key, createdAt })),
  };
}
