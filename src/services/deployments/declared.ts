import { type DeclaredDeployment, type Deployable, PRODUCTION } from "../../domain/deployments.js";
import { parseDuration } from "../../domain/duration.js";
import { invalid } from "../../domain/errors.js";
import type { DeclaredModel } from "../../domain/model.js";
import type { ChainSeed, ModelSeed } from "../../schemas/deployments.js";

/** Length of embeddings that nobody asked otherwise (Y-26): what most vector columns in examples are made for. */
const EMBEDDING_DIMENSIONS = 1536;

/** A model as a seed declares it, with a deployment for each environment. @throws GatewayError `validation` */
export function declaredModel(seed: ModelSeed): DeclaredModel {
  return {
    ...declaredDeployable(seed),
    servedModelNames: seed.served_model_names ?? [],
    embeddingDimensions: seed.embedding_dimensions ?? EMBEDDING_DIMENSIONS,
  };
}

/**
 * The same of a chain, or the part of a model that it shares with one (Y-23). `production` is always there; an
 * environment without a deployment of its own gets one with the id `<id>-<environment>`.
 * @throws GatewayError `validation`
 */
export function declaredDeployable({ id, name, environments, deployments = [] }: ChainSeed): Deployable {
  const declared = deployments.map(
    (one): DeclaredDeployment => ({
      id: one.id,
      environment: one.environment ?? null,
      status: one.status,
      coldStartMs: parseDuration(one.cold_start ?? 0) ?? 0,
      scaleDownMs: one.scale_down_delay === undefined ? null : parseDuration(one.scale_down_delay),
    }),
  );
  const wanted = environments.map((one) =>
    typeof one === "string" ? { name: one, deployment: undefined } : one,
  );
  for (const { name: environment, deployment } of wanted) {
    if (deployment !== undefined) assign(declared, environment, deployment);
  }
  const names = new Set([
    PRODUCTION,
    ...wanted.map((one) => one.name),
    ...declared.flatMap(({ environment }) => environment ?? []),
  ]);
  for (const environment of names) {
    if (!declared.some((one) => one.environment === environment))
      declared.push(simple(`${id}-${environment}`, environment));
  }
  refuseRepeated(
    declared.map((one) => one.id),
    "deployments: expected ids that differ, got twice",
  );
  refuseRepeated(
    declared.flatMap(({ environment }) => environment ?? []),
    "deployments: expected one deployment per environment, got two for",
  );
  return { id, name: name ?? null, environments: [...names], deployments: declared };
}

/** `{ name, deployment }` of an environment: gives a declared deployment its environment, or stands for a simple one. */
function assign(declared: DeclaredDeployment[], environment: string, id: string): void {
  const index = declared.findIndex((one) => one.id === id);
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

/** Without case, because host names have none. */
function refuseRepeated(names: readonly string[], problem: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.toLowerCase();
    if (seen.has(key)) throw invalid("", `${problem} ${name}`);
    seen.add(key);
  }
}
