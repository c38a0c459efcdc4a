import {
  type DeclaredDeployment,
  type DeploymentSelector,
  type DeploymentStatus,
  deploymentOf,
  PRODUCTION,
  readySince,
} from "../../domain/deployments.js";
import { GatewayError } from "../../domain/errors.js";
import type { DeclaredModel, Workspace } from "../../domain/model.js";
import type { WorldContext } from "../world-context.js";
import type { Page, PageRequest } from "./pages.js";
import { pageOf } from "./pages.js";

/** The environment of a model's development deployment. */
const DEVELOPMENT = "development";

/** The current status; `WAKING_UP`: during a cold start. */
type LiveStatus = DeploymentStatus | "WAKING_UP";

/** A declared deployment with its current status. */
export interface DeploymentView {
  readonly model: DeclaredModel;
  readonly deployment: DeclaredDeployment;
  readonly status: LiveStatus;
}

/** Declared models, environments and deployments, for the management API (I-7.3d). */
export class WorkspaceModels {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /**
   * @param id as declared, case-sensitive
   * @throws GatewayError `foreign`, `not_found`
   */
  get(workspace: Workspace, id: string): DeclaredModel {
    const has = ({ models }: Workspace) => models.find((model) => model.id === id);
    const model = has(workspace);
    if (model) return model;
    if (this.#context.store.workspaces.all().some(has)) throw new GatewayError("foreign");
    throw new GatewayError("not_found", { message: `Model ${id} not found.` });
  }

  /** In the seed's order. */
  deployments(workspace: Workspace, model: DeclaredModel): DeploymentView[] {
    return model.deployments.map((deployment) => this.#view(workspace, model, deployment));
  }

  /** The selected deployment, or null. */
  deployment(
    workspace: Workspace,
    model: DeclaredModel,
    selector: DeploymentSelector,
  ): DeploymentView | null {
    const deployment = deploymentOf(model, selector);
    return deployment && this.#view(workspace, model, deployment);
  }

  /** `production` and `development` are environments, any other name is an id. @throws GatewayError `not_found` */
  deploymentNamed(workspace: Workspace, model: DeclaredModel, name: string): DeploymentView {
    const isEnvironment = name === PRODUCTION || name === DEVELOPMENT;
    const view = this.deployment(
      workspace,
      model,
      isEnvironment ? { environment: name } : { deployment: name },
    );
    if (!view) throw new GatewayError("not_found", { message: `Deployment ${name} not found.` });
    return view;
  }

  /** @throws GatewayError `not_found` */
  environment(model: DeclaredModel, name: string): string {
    if (model.environments.includes(name)) return name;
    throw new GatewayError("not_found", { message: `Environment ${name} not found.` });
  }

  /** The Model APIs that the workspace's endpoints use, by name. The emulator has no catalogue of its own (I-7.3c, Y-46). */
  modelApis(workspace: Workspace, request: PageRequest): Page<string> {
    const names = new Set<string>();
    const { endpoints } = this.#context.store;
    for (const slug of endpoints.slugs(workspace.id)) {
      for (const target of endpoints.bySlug(slug)?.targets ?? []) {
        if (target.provider === "BASETEN_MODEL_API" && target.target_model) names.add(target.target_model);
      }
    }
    const sorted = [...names].sort();
    return pageOf(
      request,
      (after, limit) => sorted.filter((name) => name > after.id).slice(0, limit),
      (name) => ({ at: 0, id: name }),
    );
  }

  #view(workspace: Workspace, model: DeclaredModel, deployment: DeclaredDeployment): DeploymentView {
    return { model, deployment, status: this.#status(workspace, model, deployment) };
  }

  #status(workspace: Workspace, model: DeclaredModel, deployment: DeclaredDeployment): LiveStatus {
    if (deployment.status === "INACTIVE") return "INACTIVE";
    const { clock, store } = this.#context;
    const key = {
      workspaceId: workspace.id,
      kind: "model" as const,
      ownerId: model.id,
      id: deployment.id,
    };
    const now = clock.now();
    const readyAt = readySince(deployment, store.deployments.state(key), now);
    if (readyAt === null) return "SCALED_TO_ZERO";
    return readyAt > now ? "WAKING_UP" : "ACTIVE";
  }
}
