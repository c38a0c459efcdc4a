import type { DeclaredModel, Workspace } from "../../domain/model.js";
import { json } from "../answer.js";
import type { Call, Route } from "../routes.js";
import { authorize } from "./call.js";
import { deploymentJson, environmentJson, modelApiJson, modelJson } from "./model-wire.js";
import { pageAnswer, pageRequest } from "./pagination.js";

const COLLECTION = "/v1/models";
const ITEM = "/v1/models/:id";
const ENVIRONMENTS = "/v1/models/:id/environments";
const ENVIRONMENT = "/v1/models/:id/environments/:name";
const DEPLOYMENTS = "/v1/models/:id/deployments";
const DEPLOYMENT = "/v1/models/:id/deployments/:deployment_id";
const MODEL_APIS = "/v1/model_apis";

/** What a workspace has deployed, as its seed declares it: read only (X-24, Y-46). */
export const MODEL_ROUTES: readonly Route[] = [
  {
    surface: "management",
    method: "GET",
    path: COLLECTION,
    handler(call) {
      const { workspace } = authorize(call, "workspace", `GET ${COLLECTION}`);
      const models = named(call, workspace.models, (model) => model.name ?? model.id);
      return json(200, { models: models.map((model) => modelOf(call, workspace, model)) });
    },
  },
  {
    surface: "management",
    method: "GET",
    path: ITEM,
    handler(call) {
      const { workspace, model } = modelAt(call, `GET ${ITEM}`);
      return json(200, modelOf(call, workspace, model));
    },
  },
  {
    surface: "management",
    method: "GET",
    path: ENVIRONMENTS,
    handler(call) {
      const { workspace, model } = modelAt(call, `GET ${ENVIRONMENTS}`);
      return json(200, {
        environments: model.environments.map((name) => environmentOf(call, workspace, model, name)),
      });
    },
  },
  {
    surface: "management",
    method: "GET",
    path: ENVIRONMENT,
    handler(call) {
      const { workspace, model } = modelAt(call, `GET ${ENVIRONMENT}`);
      const name = call.services.workspaceModels.environment(model, call.param("name"));
      return json(200, environmentOf(call, workspace, model, name));
    },
  },
  {
    surface: "management",
    method: "GET",
    path: DEPLOYMENTS,
    handler(call) {
      const { workspace, model } = modelAt(call, `GET ${DEPLOYMENTS}`);
      const views = call.services.workspaceModels.deployments(workspace, model);
      const wanted = named(call, views, ({ deployment }) => deployment.id);
      return json(200, { deployments: wanted.map((view) => deploymentJson(workspace, view)) });
    },
  },
  {
    surface: "management",
    method: "GET",
    path: DEPLOYMENT,
    handler(call) {
      const { workspace, model } = modelAt(call, `GET ${DEPLOYMENT}`);
      const name = call.param("deployment_id");
      const view = call.services.workspaceModels.deploymentNamed(workspace, model, name);
      return json(200, deploymentJson(workspace, view));
    },
  },
  {
    surface: "management",
    method: "GET",
    path: MODEL_APIS,
    handler(call) {
      const { workspace } = authorize(call, "workspace", `GET ${MODEL_APIS}`);
      const list = `model_apis ${workspace.id}`;
      const page = call.services.workspaceModels.modelApis(workspace, pageRequest(call, list));
      return pageAnswer(call, list, page, (name) => modelApiJson(workspace, name, call.emulator.view().url));
    },
  },
];

function modelAt(call: Call, route: string): { workspace: Workspace; model: DeclaredModel } {
  const { workspace } = authorize(call, "workspace", route);
  return { workspace, model: call.services.workspaceModels.get(workspace, call.param("id")) };
}

/** `?name=`: those of exactly this name. */
function named<T>(call: Call, all: readonly T[], nameOf: (one: T) => string): readonly T[] {
  const name = call.query.get("name");
  return name === null ? all : all.filter((one) => nameOf(one) === name);
}

function modelOf({ services }: Call, workspace: Workspace, model: DeclaredModel) {
  const of = (environment: string) => services.workspaceModels.deployment(workspace, model, { environment });
  return modelJson(workspace, model, { production: of("production"), development: of("development") });
}

function environmentOf({ services }: Call, workspace: Workspace, model: DeclaredModel, environment: string) {
  const current = services.workspaceModels.deployment(workspace, model, { environment });
  return environmentJson(workspace, model, environment, current);
}
