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
import type { Access, WorkspaceCaller } from "../access.js";
import type { RequestInProgress } from "../journal.js";
import type { WorldContext } from "../world-context.js";

/**
 * What a path says of the deployment: its environment or id; `regional`, a bare path, which leaves that to a
 * regional host; `either`, a bare path that on other hosts means production.
 */
export type PathSelector = DeploymentSelector | "regional" | "either";

/** Who called, and what was reached. */
export interface ResolvedDeployment {
  readonly caller: WorkspaceCaller;
  readonly deployment: Deployment;
  /** null: a chain. */
  readonly model: DeclaredModel | null;
}

/** The declared deployments of every workspace: who may call them, and whether they are awake (inference §5). */
export class Deployments {
  readonly #context: WorldContext;
  readonly #access: Access;

  constructor(context: WorldContext, parts: { access: Access }) {
    this.#context = context;
    this.#access = parts.access;
  }

  /**
   * Key, then model or chain, then environment or deployment (Y-21, Y-22). Another workspace's model is as
   * unknown as one that is not there.
   * @throws GatewayError `deployment_unauthorized`, `deployment_not_found`, `deployment_inactive`, `unknown_path`
   */
  resolve(
    inProgress: RequestInProgress,
    credential: Credential,
    host: DeploymentHost,
    place: PathSelector,
  ): ResolvedDeployment {
    const caller = this.#access.dedicated(credential);
    inProgress.keyPrefix = caller.key.prefix;
    const reached = this.#find(caller, host, place);
    const { deployment } = reached;
    if (!coversModel(caller.key, deployment.kind === "model" ? deployment.ownerId : undefined)) {
      throw new GatewayError("deployment_unauthorized", {
        hint: `this key is for the models ${caller.key.modelIds?.join(", ")} only`,
      });
    }
    inProgress.slug = deployment.ownerId;
    const environment = deployment.environment === null ? "" : `, environment ${deployment.environment}`;
    inProgress.notes.push(
      `${deployment.kind} ${deployment.ownerId}${environment}, deployment ${deployment.id}`,
    );
    if (deployment.status === "INACTIVE") {
      throw new GatewayError("deployment_inactive", {
        hint: `deployment ${deployment.id} has "status: INACTIVE" in the seed`,
      });
    }
    return reached;
  }

  /**
   * Counts a use. A sleeping deployment begins to wake.
   * @returns from when it answers, epoch milliseconds: now or before when it is awake
   */
  use(deployment: Deployment): number {
    const { clock, store } = this.#context;
    const now = clock.now();
    // Nothing can put it to sleep, so there is nothing to remember.
    if (deployment.status === "ACTIVE" && deployment.scaleDownMs === null) return now;
    const state = store.deployments.state(deployment);
    const readyAt = readySince(deployment, state, now) ?? now + deployment.coldStartMs;
    store.deployments.setState(deployment, { readyAt, usedAt: now });
    return readyAt;
  }

  #find(caller: WorkspaceCaller, { kind, label }: DeploymentHost, place: PathSelector): ResolvedDeployment {
    const { workspace } = caller;
    const known: readonly Deployable[] = kind === "model" ? workspace.models : workspace.chains;
    const found = ownerOfLabel(known, label);
    if (!found) {
      throw new GatewayError("deployment_not_found", {
        hint: `workspace "${workspace.name}" declares no ${kind} ${label}: ${kind}s: [{ id: ${label} }] in its seed does`,
      });
    }
    const { owner } = found;
    const wish = selectorOf(place, found.environment);
    const deployment = deploymentOf(owner, wish);
    if (!deployment) {
      throw new GatewayError("deployment_not_found", {
        message: "deployment" in wish ? "deployment does not exist" : "environment does not exist",
        hint: `${kind} ${owner.id} has environments ${owner.environments.join(", ")} and deployments ${owner.deployments.map(({ id }) => id).join(", ")}`,
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

/** Regional hosts have bare paths only, the others none but those that mean production (inference §5). */
function selectorOf(place: PathSelector, regional: string | null): DeploymentSelector {
  if (typeof place !== "string") {
    if (regional === null) return place;
    throw new GatewayError("unknown_path", {
      hint: `this is the host of environment ${regional}: its paths are bare, such as /predict`,
    });
  }
  if (regional !== null) return { environment: regional };
  if (place === "either") return { environment: PRODUCTION };
  throw new GatewayError("unknown_path", {
    hint: "bare paths are for regional hosts, model-<id>-<environment>; here it is /production/..., /environments/{env}/... or /deployment/{id}/...",
  });
}
