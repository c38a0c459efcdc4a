/** Dedicated deployments: what a workspace declares, and which one a request reaches (inference §5). Pure. */

import type { DeploymentHost } from "./hosts.js";

/** INACTIVE answers 404 until it is activated again; SCALED_TO_ZERO answers after a cold start. */
export const DEPLOYMENT_STATUSES = ["ACTIVE", "SCALED_TO_ZERO", "INACTIVE"] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/** One deployment of a model or chain, as declared. */
export interface DeclaredDeployment {
  readonly id: string;
  /** The environment it serves; null: reached by its id alone. */
  readonly environment: string | null;
  readonly status: DeploymentStatus;
  /** From the first request, or `wake`, until it answers; milliseconds. */
  readonly coldStartMs: number;
  /** After so long without a request it scales to zero; milliseconds, null: never by itself. */
  readonly scaleDownMs: number | null;
}

/** What has a host of its own: a declared model or chain. */
export interface Deployable {
  readonly id: string;
  readonly name: string | null;
  /** `production` is always among them (Y-23). */
  readonly environments: readonly string[];
  /** Each environment is served by exactly one; further ones are reached by their id. */
  readonly deployments: readonly DeclaredDeployment[];
}

/** The environment without which there is no model (Y-23). */
export const PRODUCTION = "production";

/** What a path or host name asks for: an environment, or one deployment. */
export type DeploymentSelector = { readonly environment: string } | { readonly deployment: string };

/** A deployment that a request reached. */
export interface Deployment extends DeclaredDeployment {
  readonly kind: DeploymentHost["kind"];
  readonly workspaceId: string;
  /** `model_id` or `chain_id`, in the case it was declared with. */
  readonly ownerId: string;
  /** The display name, for matching; null when none was declared. */
  readonly ownerName: string | null;
}

/** A host's label split: whose host it is, and the environment of a regional one. */
export interface HostOwner<D extends Deployable> {
  readonly owner: D;
  /** null: not a regional host, so paths carry the environment. */
  readonly environment: string | null;
}

/**
 * Whose host a label names. Host names are case-insensitive, so ids are compared without case. A label that is
 * an id is that one's; else the longest id that `-` follows leaves a regional environment (inference §5).
 */
export function ownerOfLabel<D extends Deployable>(known: readonly D[], label: string): HostOwner<D> | null {
  const wanted = label.toLowerCase();
  let best: D | null = null;
  for (const one of known) {
    const id = one.id.toLowerCase();
    if (id === wanted) return { owner: one, environment: null };
    if (wanted.startsWith(`${id}-`) && (best === null || id.length > best.id.length)) best = one;
  }
  return best === null ? null : { owner: best, environment: wanted.slice(best.id.length + 1) };
}

/**
 * The deployment that serves an environment or has an id; null when there is none.
 * @param wish environments are compared without case, because regional ones come from a host name
 */
export function deploymentOf(
  { deployments }: Deployable,
  wish: DeploymentSelector,
): DeclaredDeployment | null {
  if ("deployment" in wish) return deployments.find(({ id }) => id === wish.deployment) ?? null;
  const environment = wish.environment.toLowerCase();
  return deployments.find((one) => one.environment?.toLowerCase() === environment) ?? null;
}

/** When a deployment is awake, as far as it is stored. Epoch milliseconds. */
export interface DeploymentState {
  readonly readyAt: number;
  readonly usedAt: number;
}

/**
 * From when the deployment answers: `now` or before when it is awake, null while it sleeps and nobody woke it.
 * @param state null: nothing happened to it yet
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
