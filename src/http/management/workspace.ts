import { Hono } from "hono";
import type { Workspace, WorkspaceKey, WorkspaceUser } from "../../domain/model.js";
import { createApiKeySchema } from "../../schemas/workspace.js";
import type { AppContext, AppEnv } from "../env.js";
import { json, jsonAnswer, respond } from "../respond.js";
import { authorize } from "./authorize.js";
import { readJson } from "./body.js";
import { describingManagement } from "./describe.js";

const describe = describingManagement("workspace", () => import("../../schemas/workspace-answers.js"));

/** The user of a key (I-7.3a, Y-41), and the keys of the workspace itself (Y-42, Y-43). */
export const workspace = new Hono<AppEnv>();

workspace.get(
  "/v1/users/me",
  describe("Get the user of the key", { answer: "userAnswer" }),
  authorize("keys"),
  (c) => {
    const { user, name } = c.get("caller").workspace;
    return json(c, { ...userJson(user), workspace_name: name });
  },
);

workspace.post(
  "/v1/api_keys",
  describe("Mint a workspace key", { body: createApiKeySchema, answer: "apiKeyMintedAnswer" }),
  authorize("keys"),
  (c) => mint(c, false),
);

workspace.post(
  "/v1/teams/:id/api_keys",
  describe("Mint a workspace key for the team", { body: createApiKeySchema, answer: "apiKeyMintedAnswer" }),
  authorize("keys"),
  (c) => {
    const id = c.req.param("id");
    if (c.get("caller").workspace.team.id !== id) throw c.get("services").workspaceKeys.unknownTeam(id);
    return mint(c, true);
  },
);

workspace.get(
  "/v1/api_keys",
  describe("List workspace keys, without their secrets", { answer: "apiKeysAnswer" }),
  authorize("keys"),
  (c) => {
    const { workspace } = c.get("caller");
    const keys = c.get("services").workspaceKeys.list(workspace);
    return json(c, { keys: keys.map((key) => keyJson(workspace, key)) });
  },
);

workspace.delete(
  "/v1/api_keys/:prefix",
  describe("Delete a workspace key", { answer: "apiKeyDeletedAnswer", errors: [400, 401, 403, 404, 429] }),
  authorize("keys"),
  (c) => {
    const prefix = c.req.param("prefix");
    c.get("services").workspaceKeys.remove(c.get("caller").workspace, prefix);
    return json(c, { prefix });
  },
);

async function mint(c: AppContext, ofTeam: boolean): Promise<Response> {
  const { name = null, type, model_ids: modelIds = null } = await readJson(c, createApiKeySchema);
  const { workspaceKeys } = c.get("services");
  const { text, prefix } = workspaceKeys.mint(c.get("caller").workspace, { name, type, modelIds, ofTeam });
  const journalBody = JSON.stringify({ api_key: `${prefix}.(not kept)` });
  return respond(c, { ...jsonAnswer(200, { api_key: text }), journalBody });
}

/** In the specified order. */
function userJson({ userId, email, name }: WorkspaceUser) {
  return { user_id: userId, email, name };
}

/** In the specified order. Only personal keys have an `owner` (I-7.1c). */
function keyJson({ user, team }: Workspace, key: WorkspaceKey) {
  return {
    prefix: key.prefix,
    name: key.name,
    type: key.type,
    model_ids: key.modelIds,
    team_name: key.ofTeam ? team.name : null,
    owner: key.type === "PERSONAL" ? userJson(user) : null,
  };
}
