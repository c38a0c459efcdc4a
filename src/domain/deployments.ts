/** Dedicated deployments: what a workspace declares, and which deployment serves a request (I-5.1a to I-5.1e). */

import type { DeploymentHost } from "./hosts.js";

/** INACTIVE answers 404 (I-5.1e). SCALED_TO_ZERO answers after a cold start (Y-25). */
export const DEPLOYMENT_STATUSES = ["ACTIVE", "SCALED_TO_ZERO", "INACTIVE"] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/** One declared deployment of a model or chain. */
export interface DeclaredDeployment {
  readonly id: string;
  /** The environment it serves; null: only its id selects it. */
  readonly environment: string | null;
  readonly status: DeploymentStatus;
  /** Time from the first request, or `wake`, to the first answer, milliseconds. */
  readonly coldStartMs: number;
  /** Idle time before it scales to zero, milliseconds; null: never. */
  readonly scaleDownMs: number | null;
}

/** A declared model or chain. Each has its own host. */
export interface Deployable {
  readonly id: string;
  readonly name: string | null;
  /** Always includes `production` (Y-23). */
  readonly environments: readonly string[];
  /** Exactly one per environment; their ids select the others. */
  readonly deployments: readonly DeclaredDeployment[];
}

/** The environment that every model has (Y-23). */
export const PRODUCTION = "production";

/** What a path or host name selects: an environment, or a deployment by its id. */
export type DeploymentSelector = { readonly environment: string } | { readonly deployment: string };

/** The deployment of a request. */
export interface Deployment extends DeclaredDeployment {
  readonly kind: DeploymentHost["kind"];
  readonly workspaceId: string;
  /** `model_id` or `chain_id`, as declared. */
  readonly ownerId: string;
  /** Display name, for rules; null when none was declared. */
  readonly ownerName: string | null;
}

/** The model or chain of a host, and the environment of a regional host. */
interface HostOwner<D extends Deployable> {
  readonly owner: D;
  /** null: not a regional host; the path names the environment. */
  readonly environment: string | null;
}

/**
 * The model or chain of a host. Host names are case-insensitive, so ids are compared without case. If the label
 * is not an id, the longest id followed by `-` wins; the rest of the label is the environment (I-5.1b).
 */
export function ownerOfLabel<D extends Deployable>(known: readonly D[], label: string): HostOwner<D> | null {
  const name = label.toLowerCase();
  let best: D | null = null;
  for (const owner of known) {
    const id = owner.id.toLowerCase();
    if (id === name) return { owner, environment: null };
    if (name.startsWith(`${id}-`) && (best === null || id.length > best.id.length)) best = owner;
  }
  return best === null ? null : { owner: best, environment: name.slice(best.id.length + 1) };
}

/**
 * The selected deployment, or null.
 * @param selector environments are compared without case, because regional ones come from a host name
 */
export function deploymentOf(
  { deployments }: Deployable,
  selector: DeploymentSelector,
): DeclaredDeployment | null {
  if ("deployment" in selector) return deployments.find(({ id }) => id === selector.deployment) ?? null;
  const wanted = selector.environment.toLowerCase();
  return deployments.find(({ environment }) => environment?.toLowerCase() === wanted) ?? null;
}

/** The stored state of a deployment. Epoch milliseconds. */
export interface DeploymentState {
  readonly readyAt: number;
  readonly usedAt: number;
}

/**
 * When the deployment is ready: at `now` or earlier if it is awake, later while it wakes, null while it sleeps.
 * @param state null: never woken or used
 */
export function readySince(
  { status, scaleDownMs }: DeclaredDeployment,
  state: DeploymentState | null,
  now: number,
): number | null {
  if (state === null) return status === "ACTIVE" ? now : null;
  const idleFrom = Math.max(state.readyAt, state.usedAt);
  return scaleDownMs !== null && now >= idleFrom + scaleDownMs ? null : state.readyAt;
}
