import type { Deployment, DeploymentState } from "../domain/deployments.js";
import type { Db } from "./database.js";

type Key = Pick<Deployment, "workspaceId" | "kind" | "ownerId" | "id">;
type KeyColumns = [workspaceId: string, kind: string, ownerId: string, id: string];

/** When deployments were woken and used. */
export interface DeploymentStore {
  /** null: never woken or used. */
  state(deployment: Key): DeploymentState | null;
  setState(deployment: Key, state: DeploymentState): void;
}

export function createDeploymentStore(db: Db): DeploymentStore {
  const state = db.prepare<KeyColumns, { ready_at: number; used_at: number }>(
    `SELECT ready_at, used_at FROM deployment_states
     WHERE workspace_id = ? AND kind = ? AND owner_id = ? AND deployment_id = ?`,
  );
  const setState = db.prepare<[...KeyColumns, readyAt: number, usedAt: number]>(
    `INSERT INTO deployment_states (workspace_id, kind, owner_id, deployment_id, ready_at, used_at)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET ready_at = excluded.ready_at, used_at = excluded.used_at`,
  );
  return {
    state(deployment) {
      const row = state.get(...columns(deployment));
      return row ? { readyAt: row.ready_at, usedAt: row.used_at } : null;
    },
    setState: (deployment, { readyAt, usedAt }) => void setState.run(...columns(deployment), readyAt, usedAt),
  };
}

function columns({ workspaceId, kind, ownerId, id }: Key): KeyColumns {
  return [workspaceId, kind, ownerId, id];
}
