import type { Webhook } from "../domain/billing.js";
import type { DeclaredModel, Workspace, WorkspaceKey, WorkspaceKeyType } from "../domain/model.js";
import type { Db } from "./database.js";

interface WorkspaceRow {
  id: string;
  name: string;
  onboarded: number;
  org_prefixes: string;
  registration_public_key: string | null;
  models: string;
  secret_ids: string;
  webhook: string | null;
}

interface KeyRow {
  hash: Buffer;
  workspace_id: string;
  prefix: string;
  type: WorkspaceKeyType;
  name: string | null;
}

/** Bytes of its hash that tell a key from the others. */
const ID_BYTES = 8;

export interface WorkspaceStore {
  insert(workspace: Workspace): void;
  update(workspace: Workspace): void;
  byId(id: string): Workspace | null;
  byName(name: string): Workspace | null;
  /** Every one, by name. */
  all(): Workspace[];
  addKey(key: Omit<WorkspaceKey, "id">, hash: Buffer): void;
  keyByHash(hash: Buffer): { key: WorkspaceKey; hash: Buffer } | null;
}

export function createWorkspaceStore(db: Db): WorkspaceStore {
  const insert = db.prepare(
    `INSERT INTO workspaces (id, name, onboarded, org_prefixes, registration_public_key, models, secret_ids, webhook)
     VALUES (:id, :name, :onboarded, :org_prefixes, :registration_public_key, :models, :secret_ids, :webhook)`,
  );
  const update = db.prepare(
    `UPDATE workspaces SET onboarded = :onboarded, org_prefixes = :org_prefixes,
       registration_public_key = :registration_public_key, models = :models, secret_ids = :secret_ids, webhook = :webhook
     WHERE id = :id AND name = :name`,
  );
  const byId = db.prepare<[string], WorkspaceRow>("SELECT * FROM workspaces WHERE id = ?");
  const byName = db.prepare<[string], WorkspaceRow>("SELECT * FROM workspaces WHERE name = ?");
  const all = db.prepare<[], WorkspaceRow>("SELECT * FROM workspaces ORDER BY name");
  const addKey = db.prepare(
    `INSERT INTO workspace_keys (hash, workspace_id, prefix, type, name) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (hash) DO UPDATE SET type = excluded.type, name = excluded.name
       WHERE workspace_id = excluded.workspace_id`,
  );
  const keyByHash = db.prepare<[Buffer], KeyRow>("SELECT * FROM workspace_keys WHERE hash = ?");

  return {
    insert: (workspace) => void insert.run(toRow(workspace)),
    update: (workspace) => void update.run(toRow(workspace)),
    byId: (id) => fromRow(byId.get(id)),
    all: () =>
      all
        .all()
        .map(fromRow)
        .filter((workspace) => workspace !== null),
    byName: (name) => fromRow(byName.get(name)),
    addKey: (key, hash) => void addKey.run(hash, key.workspaceId, key.prefix, key.type, key.name),
    keyByHash(hash) {
      const row = keyByHash.get(hash);
      if (!row) return null;
      const { workspace_id: workspaceId, prefix, type, name } = row;
      return {
        key: { id: row.hash.toString("hex", 0, ID_BYTES), workspaceId, prefix, type, name },
        hash: row.hash,
      };
    },
  };
}

function toRow(workspace: Workspace): WorkspaceRow {
  return {
    id: workspace.id,
    name: workspace.name,
    onboarded: workspace.onboarded ? 1 : 0,
    org_prefixes: JSON.stringify(workspace.orgPrefixes),
    registration_public_key: workspace.registrationPublicKey,
    models: JSON.stringify(workspace.models),
    secret_ids: JSON.stringify(workspace.secretIds),
    webhook: workspace.webhook === null ? null : JSON.stringify(workspace.webhook),
  };
}

function fromRow(row: WorkspaceRow | undefined): Workspace | null {
  if (!row) return null;
  const models: DeclaredModel[] = JSON.parse(row.models);
  const orgPrefixes: string[] = JSON.parse(row.org_prefixes);
  const secretIds: string[] = JSON.parse(row.secret_ids);
  const webhook: Webhook | null = row.webhook === null ? null : JSON.parse(row.webhook);
  return {
    id: row.id,
    name: row.name,
    onboarded: row.onboarded === 1,
    orgPrefixes,
    registrationPublicKey: row.registration_public_key,
    models,
    secretIds,
    webhook,
  };
}
