import type { Team, WorkspaceUser } from "../domain/model.js";
import { createRandom } from "../runtime/random.js";
import type { WorkspaceSeed } from "../schemas/seed-workspace.js";
import { ID_LENGTH, type WorldContext } from "./world-context.js";

/** The default user of a workspace (Y-41). */
export function defaultUser(context: WorldContext, workspace: string): WorkspaceUser {
  return {
    userId: derivedId(context, `user ${workspace}`),
    email: "developer@example.com",
    name: "Developer",
  };
}

/** The default team of a workspace (Y-42). */
export function defaultTeam(context: WorldContext, workspace: string): Team {
  return { id: derivedId(context, `team ${workspace}`), name: workspace };
}

/** The known user with the fields that a seed declares. */
export function userOf({ user = {} }: WorkspaceSeed, known: WorkspaceUser): WorkspaceUser {
  return {
    userId: user.user_id ?? known.userId,
    email: user.email === undefined ? known.email : user.email,
    name: user.name === undefined ? known.name : user.name,
  };
}

/** The known team with the fields that a seed declares. */
export function teamOf({ team = {} }: WorkspaceSeed, known: Team): Team {
  return { id: team.id ?? known.id, name: team.name ?? known.name };
}

/** An id that does not use the world's random source, so that all other ids stay the same. */
function derivedId({ randomSeed }: WorldContext, what: string): string {
  return createRandom(`${randomSeed} ${what}`).alphanumeric(ID_LENGTH);
}
