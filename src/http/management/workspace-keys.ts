import { Hono } from "hono";
import { createApiKeySchema } from "../../schemas/workspace.js";
import { describe } from "../description/operation.js";
import type { AppContext, AppEnv } from "../env.js";
import { json, jsonAnswer, respond } from "../respond.js";
import { authorize } from "./authorize.js";
import { readJson } from "./body.js";
import { workspaceKeyJson } from "./workspace-json.js";

const answers = () => import("../../schemas/workspace-answers.js");

/** Keys of the workspace itself (Y-42, Y-43). */
export const workspaceKeys = new Hono<AppEnv>();

workspaceKeys.post(
  "/v1/api_keys",
  authorize("keys"),
  describe({
    summary: "Mint a workspace key",
    tag: "workspace",
    body: () => createApiKeySchema,
    answer: async () => (await answers()).apiKeyMintedAnswer,
    errors: [400, 401, 403, 429],
  }),
  (c) => mint(c, false),
);

workspaceKeys.post(
  "/v1/teams/:id/api_keys",
  authorize("keys"),
  describe({
    summary: "Mint a workspace key for the team",
    tag: "workspace",
    body: () => createApiKeySchema,
    answer: async () => (await answers()).apiKeyMintedAnswer,
    errors: [400, 401, 403, 404, 429],
  }),
  (c) => {
    const id = c.req.param("id");
    if (c.get("caller").workspace.team.id !== id) throw c.get("services").workspaceKeys.unknownTeam(id);
    return mint(c, true);
  },
);

workspaceKeys.get(
  "/v1/api_keys",
  authorize("keys"),
  describe({
    summary: "List workspace keys, without their secrets",
    tag: "workspace",
    answer: async () => (await answers()).apiKeysAnswer,
    errors: [401, 403, 429],
  }),
  (c) => {
    const { workspace } = c.get("caller");
    const keys = c.get("services").workspaceKeys.list(workspace);
    return json(c, 200, { keys: keys.map((key) => workspaceKeyJson(workspace, key)) });
  },
);

workspaceKeys.delete(
  "/v1/api_keys/:prefix",
  authorize("keys"),
  describe({
    summary: "Delete a workspace key",
    tag: "workspace",
    answer: async () => (await answers()).apiKeyDeletedAnswer,
    errors: [400, 401, 403, 404, 429],
  }),
  (c) => {
    const prefix = c.req.param("prefix");
    c.get("services").workspaceKeys.remove(c.get("caller").workspace, prefix);
    return json(c, 200, { prefix });
  },
);

async function mint(c: AppContext, ofTeam: boolean): Promise<Response> {
  const { name = null, type, model_ids: modelIds = null } = await readJson(c, createApiKeySchema);
  const { workspaceKeys } = c.get("services");
  const { text, prefix } = workspaceKeys.mint(c.get("caller").workspace, { name, type, modelIds, ofTeam });
  const journalBody = JSON.stringify({ api_key: `${prefix}.(not kept)` });
  return respond(c, { ...jsonAnswer(200, { api_key: text }), journalBody });
}
