import { Hono } from "hono";
import type { DeclaredModel } from "../../domain/model.js";
import type { AppContext, AppEnv } from "../env.js";
import { json } from "../respond.js";
import { authorize } from "./authorize.js";
import { deploymentJson, environmentJson, modelApiJson, modelJson } from "./model-json.js";
import { pageRequest, respondPage } from "./pagination.js";

/** The models that the seed of a workspace declares; read only (X-24, Y-46). */
export const models = new Hono<AppEnv>();

models.get("/v1/models", authorize("workspace"), (c) => {
  const { models } = c.get("caller").workspace;
  const named = withName(models, c.req.query("name"), (model) => model.name ?? model.id);
  return json(c, { models: named.map((model) => modelOf(c, model)) });
});

models.get("/v1/models/:id", authorize("workspace"), (c) => json(c, modelOf(c, find(c, c.req.param("id")))));

models.get("/v1/models/:id/environments", authorize("workspace"), (c) => {
  const model = find(c, c.req.param("id"));
  return json(c, { environments: model.environments.map((name) => environmentOf(c, model, name)) });
});

models.get("/v1/models/:id/environments/:name", authorize("workspace"), (c) => {
  const model = find(c, c.req.param("id"));
  const name = c.get("services").workspaceModels.environment(model, c.req.param("name"));
  return json(c, environmentOf(c, model, name));
});

models.get("/v1/models/:id/deployments", authorize("workspace"), (c) => {
  const { workspace } = c.get("caller");
  const all = c.get("services").workspaceModels.deployments(workspace, find(c, c.req.param("id")));
  const named = withName(all, c.req.query("name"), ({ deployment }) => deployment.id);
  return json(c, { deployments: named.map((view) => deploymentJson(workspace, view)) });
});

models.get("/v1/models/:id/deployments/:deployment_id", authorize("workspace"), (c) => {
  const { workspace } = c.get("caller");
  const model = find(c, c.req.param("id"));
  const name = c.req.param("deployment_id");
  const view = c.get("services").workspaceModels.deploymentNamed(workspace, model, name);
  return json(c, deploymentJson(workspace, view));
});

models.get("/v1/model_apis", authorize("workspace"), (c) => {
  const { workspace } = c.get("caller");
  const list = `model_apis ${workspace.id}`;
  const page = c.get("services").workspaceModels.modelApis(workspace, pageRequest(c, list));
  const { url } = c.get("emulator").view();
  return respondPage(c, list, page, (name) => modelApiJson(workspace, name, url));
});

function find(c: AppContext, id: string): DeclaredModel {
  return c.get("services").workspaceModels.get(c.get("caller").workspace, id);
}

/** `?name=` filters a list by exact name. */
function withName<T>(all: readonly T[], name: string | undefined, nameOf: (item: T) => string): readonly T[] {
  return name === undefined ? all : all.filter((item) => nameOf(item) === name);
}

function modelOf(c: AppContext, model: DeclaredModel) {
  const { workspace } = c.get("caller");
  const of = (environment: string) =>
    c.get("services").workspaceModels.deployment(workspace, model, { environment });
  return modelJson(workspace, model, { production: of("production"), development: of("development") });
}

function environmentOf(c: AppContext, model: DeclaredModel, environment: string) {
  const { workspace } = c.get("caller");
  const current = c.get("services").workspaceModels.deployment(workspace, model, { environment });
  return environmentJson(workspace, model, environment, current);
}
