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

/** The environment that is its model's development deployment, when it is declared. */
export const DEVELOPMENT = "development";

/** What a deployment does now; `WAKING_UP` is between its first request and its first answer. */
export type LiveStatus = DeploymentStatus | "WAKING_UP";

/** A declared deployment as it stands. */
export interface DeploymentView {
  readonly model: DeclaredModel;
  readonly deployment: DeclaredDeployment;
  readonly status: LiveStatus;
}

/** Models, environments and deployments that a workspace's seed declares, as the management API shows them. */
export class WorkspaceModels {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /**
   * @param id in the case it was declared with
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

  /** The deployment of an environment, or with an id; null when there is none. */
  deployment(workspace: Workspace, model: DeclaredModel, wish: DeploymentSelector): DeploymentView | null {
    const deployment = deploymentOf(model, wish);
    return deployment && this.#view(workspace, model, deployment);
  }

  /** `production` and `development` name a deployment by its environment, anything else is an id. @throws GatewayError `not_found` */
  deploymentNamed(workspace: Workspace, model: DeclaredModel, name: string): DeploymentView {
    const wish = name === PRODUCTION || name === DEVELOPMENT ? { environment: name } : { deployment: name };
    const found = this.deployment(workspace, model, wish);
    if (!found) throw new GatewayError("not_found", { message: `Deployment ${name} not found.` });
    return found;
  }

  /** @throws GatewayError `not_found` */
  environment(model: DeclaredModel, name: string): string {
    if (model.environments.includes(name)) return name;
    throw new GatewayError("not_found", { message: `Environment ${name} not found.` });
  }

  /** The Model APIs that the workspace's endpoints lead to, by name: the emulator has no catalogue (Y-46). */
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
