import type { Credential } from "../../domain/credential.js";
import {
  type Deployable,
  type Deployment,
  type DeploymentSelector,
  deploymentOf,
  ownerOfLabel,
  PRODUCTION,
  readySince,
} from "../../domain/deployments.js";
import { GatewayError } from "../../domain/errors.js";
import type { DeploymentHost } from "../../domain/hosts.js";
import { coversModel } from "../../domain/keys.js";
import type { DeclaredModel } from "../../domain/model.js";
import { type Access, modelsOnlyHint, type WorkspaceCaller } from "../access.js";
import type { RequestInProgress } from "../journal.js";
import type { WorldContext } from "../world-context.js";

/**
 * How a path selects a deployment: by its environment or id; `regional`: a path without either, for regional hosts only;
 * `either`: a path without either, which means production on other hosts.
 */
export type PathSelector = DeploymentSelector | "regional" | "either";

/** The caller and deployment of a request. */
export interface ResolvedDeployment {
  readonly caller: WorkspaceCaller;
  readonly deployment: Deployment;
  /** null: a chain. */
  readonly model: DeclaredModel | null;
}

/** The declared deployments of all workspaces: who may call them, and whether they are awake. */
export class Deployments {
  readonly #context: WorldContext;
  readonly #access: Access;

  constructor(context: WorldContext, parts: { access: Access }) {
    this.#context = context;
    this.#access = parts.access;
  }

  /**
   * Finds the caller, then the model or chain, then the deployment (I-5.1a to I-5.1e, Y-21, Y-22). Models of other
   * workspaces are unknown.
   * @throws GatewayError `deployment_unauthorized`, `deployment_not_found`, `deployment_inactive`, `unknown_path`
   */
  resolve(
    inProgress: RequestInProgress,
    credential: Credential,
    host: DeploymentHost,
    path: PathSelector,
  ): ResolvedDeployment {
    const caller = this.#access.dedicated(credential);
    inProgress.keyPrefix = caller.key.prefix;
    const resolved = this.#find(caller, host, path);
    const { deployment } = resolved;
    if (!coversModel(caller.key, deployment.kind === "model" ? deployment.ownerId : undefined)) {
      throw new GatewayError("deployment_unauthorized", {
        hint: modelsOnlyHint(caller.key),
      });
    }
    inProgress.slug = deployment.ownerId;
    const environment = deployment.environment === null ? "" : `, environment ${deployment.environment}`;
    inProgress.notes.push(
      `${deployment.kind} ${deployment.ownerId}${environment}, deployment ${deployment.id}`,
    );
    if (deployment.status === "INACTIVE") {
      throw new GatewayError("deployment_inactive", {
        hint: `Deployment ${deployment.id} has "status: INACTIVE" in the seed.`,
      });
    }
    return resolved;
  }

  /**
   * Records a use of the deployment, and wakes it if it sleeps (I-5.2h, Y-25).
   * @returns when it is ready, epoch milliseconds: now or earlier if it is awake
   */
  use(deployment: Deployment): number {
    const { clock, store } = this.#context;
    const now = clock.now();
    // It never sleeps, so there is nothing to store.
    if (deployment.status === "ACTIVE" && deployment.scaleDownMs === null) return now;
    const state = store.deployments.state(deployment);
    const readyAt = readySince(deployment, state, now) ?? now + deployment.coldStartMs;
    store.deployments.setState(deployment, { readyAt, usedAt: now });
    return readyAt;
  }

  #find(caller: WorkspaceCaller, { kind, label }: DeploymentHost, path: PathSelector): ResolvedDeployment {
    const { workspace } = caller;
    const owners: readonly Deployable[] = kind === "model" ? workspace.models : workspace.chains;
    const host = ownerOfLabel(owners, label);
    if (!host) {
      throw new GatewayError("deployment_not_found", {
        hint: `Workspace "${workspace.name}" has no ${kind} ${label}. Add \`${kind}s: [{ id: ${label} }]\` to its seed.`,
      });
    }
    const { owner } = host;
    const selector = selectorOf(path, host.environment);
    const deployment = deploymentOf(owner, selector);
    if (!deployment) {
      throw new GatewayError("deployment_not_found", {
        message: "deployment" in selector ? "deployment does not exist" : "environment does not exist",
        hint: `The ${kind} ${owner.id} has environments ${owner.environments.join(", ")} and deployments ${owner.deployments.map(({ id }) => id).join(", ")}.`,
      });
    }
    return {
      caller,
      deployment: {
        ...deployment,
        kind,
        workspaceId: workspace.id,
        ownerId: owner.id,
        ownerName: owner.name,
      },
      model: kind === "model" ? (workspace.models.find((model) => model === owner) ?? null) : null,
    };
  }
}

/** Regional hosts accept only paths without an environment; other hosts need one (I-5.1a, I-5.1b). */
function selectorOf(path: PathSelector, regional: string | null): DeploymentSelector {
  if (typeof path !== "string") {
    if (regional === null) return path;
    throw new GatewayError("unknown_path", {
      hint: `This is the host of environment ${regional}. Use a path without environment, such as /predict.`,
    });
  }
  if (regional !== null) return { environment: regional };
  if (path === "either") return { environment: PRODUCTION };
  throw new GatewayError("unknown_path", {
    hint: "Paths without /environments/... work on regional hosts only (model-<id>-<environment>). Use /production/..., /environments/{env}/... or /deployment/{id}/....",
  });
}
