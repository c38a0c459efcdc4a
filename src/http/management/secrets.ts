import { Hono } from "hono";
import type { Secret, Workspace } from "../../domain/model.js";
import { upsertSecretSchema } from "../../schemas/workspace.js";
import type { AppEnv } from "../env.js";
import { json } from "../respond.js";
import { authorize } from "./authorize.js";
import { readJson } from "./body.js";
import { describingManagement } from "./describe.js";
import { timestamp } from "./json.js";

const describe = describingManagement("workspace", () => import("../../schemas/workspace-answers.js"));

/** Secrets that endpoints refer to (E-7). Their values are not stored (Y-45). */
export const secrets = new Hono<AppEnv>();

secrets.get(
  "/v1/secrets",
  describe("List secrets, without their values", { answer: "secretsAnswer" }),
  authorize("workspace"),
  (c) => {
    const { workspace } = c.get("caller");
    const secrets = c.get("services").workspaceSecrets.list(workspace);
    return json(c, { secrets: secrets.map((secret) => secretJson(workspace, secret)) });
  },
);

secrets.post(
  "/v1/secrets",
  describe("Create a secret, or update the one of this name", {
    body: upsertSecretSchema,
    answer: "secretAnswer",
  }),
  authorize("workspace"),
  async (c) => {
    const { workspace } = c.get("caller");
    const { name } = await readJson(c, upsertSecretSchema, { secret: true });
    return json(c, secretJson(workspace, c.get("services").workspaceSecrets.upsert(workspace, name)));
  },
);

/** In the specified order. */
function secretJson({ team }: Workspace, { id, createdAt, name }: Secret) {
  return { id, created_at: timestamp(createdAt), name, team_name: team.name };
}
