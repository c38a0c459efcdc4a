import { Hono } from "hono";
import { createApiKeySchema } from "../../schemas/workspace.js";
import type { AppContext, AppEnv } from "../env.js";
import { json, jsonAnswer, respond } from "../respond.js";
import { authorize } from "./authorize.js";
import { readJson } from "./body.js";
import { workspaceKeyJson } from "./workspace-json.js";

/** Keys of the workspace itself (Y-42, Y-43). */
export const workspaceKeys = new Hono<AppEnv>();

workspaceKeys.post("/v1/api_keys", authorize("keys"), (c) => mint(c, false));

workspaceKeys.post("/v1/teams/:id/api_keys", authorize("keys"), (c) => {
  const id = c.req.param("id");
  if (c.get("caller").workspace.team.id !== id) throw c.get("services").workspaceKeys.unknownTeam(id);
  return mint(c, true);
});

workspaceKeys.get("/v1/api_keys", authorize("keys"), (c) => {
  const { workspace } = c.get("caller");
  const keys = c.get("services").workspaceKeys.list(workspace);
  return json(c, 200, { keys: keys.map((key) => workspaceKeyJson(workspace, key)) });
});

workspaceKeys.delete("/v1/api_keys/:prefix", authorize("keys"), (c) => {
  const prefix = c.req.param("prefix");
  c.get("services").workspaceKeys.remove(c.get("caller").workspace, prefix);
  return json(c, 200, { prefix });
});

async function mint(c: AppContext, ofTeam: boolean): Promise<Response> {
  const { name = null, type, model_ids: modelIds = null } = await readJson(c, createApiKeySchema);
  const { workspaceKeys } = c.get("services");
  const { text, prefix } = workspaceKeys.mint(c.get("caller").workspace, { name, type, modelIds, ofTeam });
  const journalBody = JSON.stringify({ api_key: `${prefix}.(not kept)` });
  return respond(c, { ...jsonAnswer(200, { api_key: text }), journalBody });
}
