import type { Workspace } from "../domain/model.js";
import { assignmentsOf, columnsOf, insertInto, valuesOf } from "./columns.js";
import type { Db } from "./database.js";

/** A row with its fields in camel case. Objects and lists are JSON. */
interface WorkspaceRow extends Pick<Workspace, "id" | "name" | "registrationPublicKey" | "createdAt"> {
  readonly onboarded: 0 | 1;
  readonly orgPrefixes: string;
  readonly models: string;
  readonly chains: string;
  readonly user: string;
  readonly team: string;
  readonly webhook: string | null;
}

/** The fields that an update changes. */
const CHANGING = [
  "onboarded",
  "orgPrefixes",
  "registrationPublicKey",
  "models",
  "chains",
  "user",
  "team",
  "webhook",
] as const;
const FIELDS = ["id", "name", "createdAt", ...CHANGING] as const satisfies readonly (keyof WorkspaceRow)[];

export interface WorkspaceStore {
  insert(workspace: Workspace): void;
  update(workspace: Workspace): void;
  byId(id: string): Workspace | null;
  byName(name: string): Workspace | null;
  /** All workspaces, by name. */
  all(): Workspace[];
}

export function createWorkspaceStore(db: Db): WorkspaceStore {
  const select = `SELECT ${columnsOf(FIELDS)} FROM workspaces`;
  const insert = db.prepare(insertInto("workspaces", FIELDS));
  const update = db.prepare(`UPDATE workspaces SET ${assignmentsOf(CHANGING)} WHERE id = ?`);
  const byId = db.prepare<[string], WorkspaceRow>(`${select} WHERE id = ?`);
  const byName = db.prepare<[string], WorkspaceRow>(`${select} WHERE name = ?`);
  const all = db.prepare<[], WorkspaceRow>(`${select} ORDER BY name`);

  return {
    insert: (workspace) => void insert.run(valuesOf(toRow(workspace), FIELDS)),
    update: (workspace) => void update.run(valuesOf(toRow(workspace), CHANGING), workspace.id),
    byId: (id) => found(byId.get(id)),
    byName: (name) => found(byName.get(name)),
    all: () => all.all().map(fromRow),
  };
}

function toRow(workspace: Workspace): WorkspaceRow {
  const { onboarded, orgPrefixes, models, chains, user, team, webhook } = workspace;
  return {
    ...workspace,
    onboarded: onboarded ? 1 : 0,
    orgPrefixes: JSON.stringify(orgPrefixes),
    models: JSON.stringify(models),
    chains: JSON.stringify(chains),
    user: JSON.stringify(user),
    team: JSON.stringify(team),
    webhook: webhook && JSON.stringify(webhook),
  };
}

function found(row: WorkspaceRow | undefined): Workspace | null {
  return row ? fromRow(row) : null;
}

function fromRow(row: WorkspaceRow): Workspace {
  return {
    ...row,
    onboarded: row.onboarded === 1,
    orgPrefixes: JSON.parse(row.orgPrefixes),
    models: JSON.parse(row.models),
    chains: JSON.parse(row.chains),
    user: JSON.parse(row.user),
    team: JSON.parse(row.team),
    webhook: row.webhook === null ? null : JSON.parse(row.webhook),
  };
}
