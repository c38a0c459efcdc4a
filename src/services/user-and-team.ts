import type { Team, WorkspaceUser } from "../domain/model.js";
import { createRandom } from "../runtime/random.js";
import type { WorkspaceSeed } from "../schemas/seed.js";
import { ID_LENGTH, type WorldContext } from "./world-context.js";

/** Who a workspace's user is when its seed does not say (Y-41). */
export function defaultUser(context: WorldContext, workspace: string): WorkspaceUser {
  return {
    userId: derivedId(context, `user ${workspace}`),
    email: "developer@example.com",
    name: "Developer",
  };
}

/** What a workspace's team is when its seed does not say (Y-42). */
export function defaultTeam(context: WorldContext, workspace: string): Team {
  return { id: derivedId(context, `team ${workspace}`), name: workspace };
}

/** The user that a seed declares, over what is known. */
export function userOf({ user = {} }: WorkspaceSeed, known: WorkspaceUser): WorkspaceUser {
  return {
    userId: user.user_id ?? known.userId,
    email: user.email === undefined ? known.email : user.email,
    name: user.name === undefined ? known.name : user.name,
  };
}

/** The team that a seed declares, over what is known. */
export function teamOf({ team = {} }: WorkspaceSeed, known: Team): Team {
  return { id: team.id ?? known.id, name: team.name ?? known.name };
}

/** An id that costs the world's random source nothing, so that every other id stays what it was. */
function derivedId({ randomSeed }: WorldContext, what: string): string {
  return createRandom(`${randomSeed} ${what}`).alphanumeric(ID_LENGTH);
}
