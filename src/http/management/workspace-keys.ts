import type { Workspace } from "../../domain/model.js";
import { createApiKeySchema } from "../../schemas/workspace.js";
import { type Answer, json } from "../answer.js";
import type { Call, Route } from "../routes.js";
import { authorize, parseBody, rawBody } from "./call.js";
import { workspaceKeyJson } from "./workspace-wire.js";

const COLLECTION = "/v1/api_keys";
const ITEM = "/v1/api_keys/:prefix";
const OF_TEAM = "/v1/teams/:id/api_keys";

/** Inference §7. */
export const WORKSPACE_KEY_ROUTES: readonly Route[] = [
  {
    surface: "management",
    method: "POST",
    path: COLLECTION,
    handler(call) {
      const { workspace } = authorize(call, "keys", `POST ${COLLECTION}`);
      return mint(call, workspace, false);
    },
  },
  {
    surface: "management",
    method: "POST",
    path: OF_TEAM,
    handler(call) {
      const { workspace } = authorize(call, "keys", `POST ${OF_TEAM}`);
      const id = call.param("id");
      if (workspace.team.id !== id) throw call.services.workspaceKeys.unknownTeam(id);
      return mint(call, workspace, true);
    },
  },
  {
    surface: "management",
    method: "GET",
    path: COLLECTION,
    handler(call) {
      const { workspace } = authorize(call, "keys", `GET ${COLLECTION}`);
      const keys = call.services.workspaceKeys.list(workspace);
      return json(200, { keys: keys.map((key) => workspaceKeyJson(workspace, key)) });
    },
  },
  {
    surface: "management",
    method: "DELETE",
    path: ITEM,
    handler(call) {
      const { workspace } = authorize(call, "keys", `DELETE ${ITEM}`);
      const prefix = call.param("prefix");
      call.services.workspaceKeys.remove(workspace, prefix);
      return json(200, { prefix });
    },
  },
];

async function mint(call: Call, workspace: Workspace, ofTeam: boolean): Promise<Answer> {
  const {
    name = null,
    type,
    model_ids: modelIds = null,
  } = parseBody(call, await rawBody(call), createApiKeySchema);
  const { text, prefix } = call.services.workspaceKeys.mint(workspace, { name, type, modelIds, ofTeam });
  const journalBody = JSON.stringify({ api_key: `${prefix}.(not kept)` });
  return { ...json(200, { api_key: text }), journalBody };
}
