import type { Secret, Workspace, WorkspaceKey, WorkspaceUser } from "../../domain/model.js";
import { timestamp } from "./json.js";

/** Users, keys and secrets of a workspace in the shapes of the management API, with keys in the specified order. */

export function userJson({ userId, email, name }: WorkspaceUser) {
  return { user_id: userId, email, name };
}

/** Only personal keys have an `owner` (I-7.1c). */
export function workspaceKeyJson({ user, team }: Workspace, key: WorkspaceKey) {
  return {
    prefix: key.prefix,
    name: key.name,
    type: key.type,
    model_ids: key.modelIds,
    team_name: key.ofTeam ? team.name : null,
    owner: key.type === "PERSONAL" ? userJson(user) : null,
  };
}

export function secretJson({ team }: Workspace, { id, createdAt, name }: Secret) {
  return { id, created_at: timestamp(createdAt), name, team_name: team.name };
}
