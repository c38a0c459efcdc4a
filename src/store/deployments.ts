import type { Deployment, DeploymentState } from "../domain/deployments.js";
import { queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";

type Key = Pick<Deployment, "workspaceId" | "kind" | "ownerId" | "id">;

/** When deployments were woken and used. */
export function createDeploymentStore(db: Preparing) {
  const setState = db.prepare<[Key & DeploymentState]>(
    `INSERT INTO deployment_states (workspace_id, kind, owner_id, deployment_id, ready_at, used_at)
     VALUES (:workspaceId, :kind, :ownerId, :id, :readyAt, :usedAt)
     ON CONFLICT DO UPDATE SET ready_at = excluded.ready_at, used_at = excluded.used_at`,
  );
  return {
    /** null: never woken or used. */
    state: queriesOf<DeploymentState>(db).one<[deployment: Key]>(
      `SELECT ready_at AS readyAt, used_at AS usedAt FROM deployment_states
       WHERE workspace_id = :workspaceId AND kind = :kind AND owner_id = :ownerId AND deployment_id = :id`,
    ),
    setState: (deployment: Key, state: DeploymentState) => void setState.run({ ...deployment, ...state }),
  };
}
