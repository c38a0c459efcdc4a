import { type DeclaredDeployment, type Deployable, PRODUCTION } from "../../domain/deployments.js";
import { millisecondsOf } from "../../domain/duration.js";
import { invalid } from "../../domain/errors.js";
import type { DeclaredModel } from "../../domain/model.js";
import type { ChainSeed, ModelSeed } from "../../schemas/deployments.js";

/** Default length of embeddings (Y-26); most examples of vector databases use it. */
const EMBEDDING_DIMENSIONS = 1536;

/** The model of a seed, with a deployment for each environment. @throws GatewayError `validation` */
export function declaredModel(seed: ModelSeed): DeclaredModel {
  return {
    ...declaredDeployable(seed),
    servedModelNames: seed.served_model_names ?? [],
    embeddingDimensions: seed.embedding_dimensions ?? EMBEDDING_DIMENSIONS,
  };
}

/**
 * The chain of a seed, or what a model has in common with one (Y-23). There is always `production`. An environment
 * without a deployment gets one with the id `<id>-<environment>`.
 * @throws GatewayError `validation`
 */
export function declaredDeployable({ id, name, environments, deployments = [] }: ChainSeed): Deployable {
  const declared = deployments.map(
    (deployment): DeclaredDeployment => ({
      id: deployment.id,
      environment: deployment.environment ?? null,
      status: deployment.status,
      coldStartMs: millisecondsOf(deployment.cold_start) ?? 0,
      scaleDownMs: millisecondsOf(deployment.scale_down_delay) ?? null,
    }),
  );
  const wanted = environments.map((environment) =>
    typeof environment === "string" ? { name: environment, deployment: undefined } : environment,
  );
  for (const { name: environment, deployment } of wanted) {
    if (deployment !== undefined) assign(declared, environment, deployment);
  }
  const names = new Set([
    PRODUCTION,
    ...wanted.map((environment) => environment.name),
    ...declared.flatMap(({ environment }) => environment ?? []),
  ]);
  for (const environment of names) {
    if (!declared.some((deployment) => deployment.environment === environment))
      declared.push(simple(`${id}-${environment}`, environment));
  }
  refuseRepeated(
    declared.map((deployment) => deployment.id),
    "deployments: expected unique ids, got twice",
  );
  refuseRepeated(
    declared.flatMap(({ environment }) => environment ?? []),
    "deployments: expected one deployment per environment, got two for",
  );
  return { id, name: name ?? null, environments: [...names], deployments: declared };
}

/** Assigns an environment to a deployment, which is added if it is not declared. */
function assign(declared: DeclaredDeployment[], environment: string, id: string): void {
  const index = declared.findIndex((deployment) => deployment.id === id);
  const known = declared[index];
  if (!known) {
    declared.push(simple(id, environment));
  } else if (known.environment === null || known.environment === environment) {
    declared[index] = { ...known, environment };
  } else {
    throw invalid("environments", `deployment ${id} already serves ${known.environment}`);
  }
}

function simple(id: string, environment: string): DeclaredDeployment {
  return { id, environment, status: "ACTIVE", coldStartMs: 0, scaleDownMs: null };
}

/** Case-insensitive, because host names are. */
function refuseRepeated(names: readonly string[], problem: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.toLowerCase();
    if (seen.has(key)) throw invalid("", `${problem} ${name}`);
    seen.add(key);
  }
}
