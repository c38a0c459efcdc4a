import type { Webhook } from "../domain/billing-webhook.js";
import type { Deployable } from "../domain/deployments.js";
import type { DeclaredModel, Team, Workspace, WorkspaceUser } from "../domain/model.js";
import type { Db } from "./database.js";

interface WorkspaceRow {
  id: string;
  name: string;
  onboarded: number;
  org_prefixes: string;
  registration_public_key: string | null;
  models: string;
  chains: string;
  user: string;
  team: string;
  webhook: string | null;
  created_at: number;
}

export interface WorkspaceStore {
  insert(workspace: Workspace): void;
  update(workspace: Workspace): void;
  byId(id: string): Workspace | null;
  byName(name: string): Workspace | null;
  /** All workspaces, by name. */
  all(): Workspace[];
}

export function createWorkspaceStore(db: Db): WorkspaceStore {
  const insert = db.prepare(
    `INSERT INTO workspaces (id, name, onboarded, org_prefixes, registration_public_key, models, chains, user, team, webhook, created_at)
     VALUES (:id, :name, :onboarded, :org_prefixes, :registration_public_key, :models, :chains, :user, :team, :webhook, :created_at)`,
  );
  const update = db.prepare(
    `UPDATE workspaces SET onboarded = :onboarded, org_prefixes = :org_prefixes,
       registration_public_key = :registration_public_key, models = :models, chains = :chains, user = :user, team = :team, webhook = :webhook
     WHERE id = :id AND name = :name AND created_at = :created_at`,
  );
  const byId = db.prepare<[string], WorkspaceRow>("SELECT * FROM workspaces WHERE id = ?");
  const byName = db.prepare<[string], WorkspaceRow>("SELECT * FROM workspaces WHERE name = ?");
  const all = db.prepare<[], WorkspaceRow>("SELECT * FROM workspaces ORDER BY name");

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
    chains: JSON.stringify(workspace.chains),
    user: JSON.stringify(workspace.user),
    team: JSON.stringify(workspace.team),
    webhook: workspace.webhook === null ? null : JSON.stringify(workspace.webhook),
    created_at: workspace.createdAt,
  };
}

function fromRow(row: WorkspaceRow | undefined): Workspace | null {
  if (!row) return null;
  const models: DeclaredModel[] = JSON.parse(row.models);
  const chains: Deployable[] = JSON.parse(row.chains);
  const orgPrefixes: string[] = JSON.parse(row.org_prefixes);
  const user: WorkspaceUser = JSON.parse(row.user);
  const team: Team = JSON.parse(row.team);
  const webhook: Webhook | null = row.webhook === null ? null : JSON.parse(row.webhook);
  return {
    id: row.id,
    name: row.name,
    onboarded: row.onboarded === 1,
    orgPrefixes,
    registrationPublicKey: row.registration_public_key,
    models,
    chains,
    user,
    team,
    webhook,
    createdAt: row.created_at,
  };
}
