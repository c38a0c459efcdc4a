import { upsertSecretSchema } from "../../schemas/workspace.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { authorize, parseBody, rawBody } from "./call.js";
import { secretJson } from "./workspace-wire.js";

const COLLECTION = "/v1/secrets";

/** Secrets that endpoints name (E-7); values are taken and forgotten (Y-45). */
export const SECRET_ROUTES: readonly Route[] = [
  {
    surface: "management",
    method: "GET",
    path: COLLECTION,
    handler(call) {
      const { workspace } = authorize(call, "workspace", `GET ${COLLECTION}`);
      const secrets = call.services.workspaceSecrets.list(workspace);
      return json(200, { secrets: secrets.map((secret) => secretJson(workspace, secret)) });
    },
  },
  {
    surface: "management",
    method: "POST",
    path: COLLECTION,
    async handler(call) {
      const { workspace } = authorize(call, "workspace", `POST ${COLLECTION}`);
      const { name } = parseBody(call, await rawBody(call), upsertSecretSchema, { secret: true });
      return json(200, secretJson(workspace, call.services.workspaceSecrets.upsert(workspace, name)));
    },
  },
];
