import type { Seed } from "../schemas/seed.js";
import type { WorkspaceSeed } from "../schemas/seed-workspace.js";

/**
 * Merges seeds: concatenates lists, merges workspaces of the same name, and takes the last of single values.
 */
export function mergeSeeds(seeds: readonly Seed[]): Seed {
  let merged: Seed = {};
  for (const seed of seeds) {
    merged = {
      ...merged,
      ...seed,
      settings: { ...merged.settings, ...seed.settings },
      workspaces: mergeWorkspaces([...(merged.workspaces ?? []), ...(seed.workspaces ?? [])]),
      completions: [...(merged.completions ?? []), ...(seed.completions ?? [])],
      predictions: [...(merged.predictions ?? []), ...(seed.predictions ?? [])],
      faults: [...(merged.faults ?? []), ...(seed.faults ?? [])],
      cloudflare: {
        gateways: [...(merged.cloudflare?.gateways ?? []), ...(seed.cloudflare?.gateways ?? [])],
      },
    };
  }
  return merged;
}

function mergeWorkspaces(workspaces: readonly WorkspaceSeed[]): WorkspaceSeed[] {
  const byName = new Map<string, WorkspaceSeed>();
  for (const workspace of workspaces) {
    const known = byName.get(workspace.name);
    byName.set(workspace.name, known ? mergeWorkspace(known, workspace) : workspace);
  }
  return [...byName.values()];
}

function mergeWorkspace(one: WorkspaceSeed, other: WorkspaceSeed): WorkspaceSeed {
  return {
    ...one,
    ...other,
    api_keys: [...(one.api_keys ?? []), ...(other.api_keys ?? [])],
    org_prefixes: [...(one.org_prefixes ?? []), ...(other.org_prefixes ?? [])],
    models: [...(one.models ?? []), ...(other.models ?? [])],
    chains: [...(one.chains ?? []), ...(other.chains ?? [])],
    secrets: [...(one.secrets ?? []), ...(other.secrets ?? [])],
    endpoints: [...(one.endpoints ?? []), ...(other.endpoints ?? [])],
    groups: [...(one.groups ?? []), ...(other.groups ?? [])],
  };
}
