import { Hono } from "hono";
import type { DeclaredModel } from "../../domain/model.js";
import type { AppContext, AppEnv } from "../env.js";
import { json } from "../respond.js";
import { authorize } from "./authorize.js";
import { describingManagement } from "./describe.js";
import { deploymentJson, environmentJson, modelApiJson, modelJson } from "./model-json.js";
import { PAGE_QUERY, pageRequest, respondPage } from "./pagination.js";

const describe = describingManagement("workspace", () => import("../../schemas/workspace-answers.js"));

/** The models that the seed of a workspace declares; read only (X-24, Y-46). */
export const models = new Hono<AppEnv>();

models.get(
  "/v1/models",
  describe(
    "On the management host the workspace's models; elsewhere the models that the key may call (X-24)",
    { query: ["name"], answer: "modelsAnswer" },
  ),
  authorize("workspace"),
  (c) => {
    const { models } = c.get("caller").workspace;
    const named = withName(models, c.req.query("name"), (model) => model.name ?? model.id);
    return json(c, { models: named.map((model) => modelOf(c, model)) });
  },
);

models.get(
  "/v1/models/:id",
  describe("Get a model", { answer: "modelAnswer" }),
  authorize("workspace"),
  (c) => json(c, modelOf(c, find(c, c.req.param("id")))),
);

models.get(
  "/v1/models/:id/environments",
  describe("List a model's environments", { answer: "environmentsAnswer" }),
  authorize("workspace"),
  (c) => {
    const model = find(c, c.req.param("id"));
    return json(c, { environments: model.environments.map((name) => environmentOf(c, model, name)) });
  },
);

models.get(
  "/v1/models/:id/environments/:name",
  describe("Get an environment", { answer: "environmentAnswer" }),
  authorize("workspace"),
  (c) => {
    const model = find(c, c.req.param("id"));
    const name = c.get("services").workspaceModels.environment(model, c.req.param("name"));
    return json(c, environmentOf(c, model, name));
  },
);

models.get(
  "/v1/models/:id/deployments",
  describe("List a model's deployments", { query: ["name"], answer: "deploymentsAnswer" }),
  authorize("workspace"),
  (c) => {
    const { workspace } = c.get("caller");
    const all = c.get("services").workspaceModels.deployments(workspace, find(c, c.req.param("id")));
    const named = withName(all, c.req.query("name"), ({ deployment }) => deployment.id);
    return json(c, { deployments: named.map((view) => deploymentJson(workspace, view)) });
  },
);

models.get(
  "/v1/models/:id/deployments/:deployment_id",
  describe("Get a deployment by id, or the one that is called production or development", {
    answer: "deploymentAnswer",
  }),
  authorize("workspace"),
  (c) => {
    const { workspace } = c.get("caller");
    const model = find(c, c.req.param("id"));
    const name = c.req.param("deployment_id");
    const view = c.get("services").workspaceModels.deploymentNamed(workspace, model, name);
    return json(c, deploymentJson(workspace, view));
  },
);

models.get(
  "/v1/model_apis",
  describe("List the Model APIs that the workspace's endpoints lead to", {
    query: PAGE_QUERY,
    answer: "modelApisAnswer",
  }),
  authorize("workspace"),
  (c) => {
    const { workspace } = c.get("caller");
    const list = `model_apis ${workspace.id}`;
    const page = c.get("services").workspaceModels.modelApis(workspace, pageRequest(c, list));
    const { url } = c.get("emulator").view();
    return respondPage(c, list, page, (name) => modelApiJson(workspace, name, url));
  },
);

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
