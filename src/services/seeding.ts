import { ROTATION_MS, type Webhook } from "../domain/billing-webhook.js";
import { GatewayError } from "../domain/errors.js";
import type { Group, Workspace } from "../domain/model.js";
import { DEFAULT_SETTINGS, type Settings } from "../domain/settings.js";
import type { Seed } from "../schemas/seed.js";
import type { GroupSeed, WorkspaceSeed } from "../schemas/seed-workspace.js";
import { declaredDeployable, declaredModel } from "./deployments/declared.js";
import type { Services } from "./services.js";
import { defaultTeam, defaultUser, teamOf, userOf } from "./user-and-team.js";
import { newId, type WorldContext } from "./world-context.js";

/** A valid seed that cannot be applied, for example with a limit above its parent's. */
export class SeedError extends Error {
  /** Path in the seed, such as `workspaces.0.groups.1`. */
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.name = "SeedError";
    this.path = path;
  }
}

/** Name of the workspace when the seed declares none. */
const DEFAULT_WORKSPACE = "default";

/**
 * Adds the contents of a seed, by the same rules as the API. Runs in the caller's transaction.
 * @throws SeedError
 */
export function applySeed(services: Services, seed: Seed): void {
  eachAt(["workspaces"], seed.workspaces, (workspace, path) => seedWorkspace(services, workspace, path));
  if (seed.completions?.length) services.completions.add(seed.completions);
  if (seed.predictions?.length) services.predictions.add(seed.predictions);
  if (seed.faults?.length) services.faults.add(seed.faults);
  for (const gateway of seed.cloudflare?.gateways ?? []) services.aiGateways.declare(gateway);
  services.routing.publishNow();
}

/** Makes `key` a managing key of the first workspace, which is created if the seed declares none. */
export function ensureWorkspaceKey(services: Services, seed: Seed, key: string): void {
  const { context } = services;
  const name = seed.workspaces?.[0]?.name ?? DEFAULT_WORKSPACE;
  const workspace = context.store.workspaces.byName(name) ?? declareWorkspace(services, { name });
  // The seed may declare this key with other settings.
  if (services.workspaceKeys.manages(workspace, key)) return;
  const input = { type: "WORKSPACE_MANAGE_ALL", name: "default", modelIds: null, ofTeam: false } as const;
  services.workspaceKeys.adopt(workspace, key, input);
}

/** The first managing key of a seed's first workspace, or null. */
export function declaredWorkspaceKey(seed: Seed): string | null {
  const managing = seed.workspaces?.[0]?.api_keys?.find(
    ({ type }) => type === "WORKSPACE_MANAGE_ALL" || type === "PERSONAL",
  );
  return managing?.key ?? null;
}

/** The federated keys of a seed by name, in its order. */
export function declaredKeys(seed: Seed): Record<string, string> {
  const keys: Record<string, string> = {};
  const visit = (group: GroupSeed): void => {
    for (const { name, key } of group.keys ?? []) keys[name] ??= key;
    group.groups?.forEach(visit);
  };
  for (const workspace of seed.workspaces ?? []) workspace.groups?.forEach(visit);
  return keys;
}

/** The settings of a seed; those that it does not set come from `base`. */
export function settingsOf(seed: Seed, base: Settings = DEFAULT_SETTINGS): Settings {
  const declared = seed.settings ?? {};
  const limited = declared.errors?.rate_limited;
  return {
    acceptBearer: declared.accept_bearer ?? base.acceptBearer,
    managementRateLimit: declared.management_rate_limit ?? base.managementRateLimit,
    endpointSyncSeconds: declared.endpoint_sync_seconds ?? base.endpointSyncSeconds,
    tokenAdmission: declared.token_admission ?? base.tokenAdmission,
    rateLimitHeaders: declared.rate_limit_headers ?? base.rateLimitHeaders,
    modelServerErrors: declared.model_server_errors ?? base.modelServerErrors,
    unknownFields: declared.unknown_fields ?? base.unknownFields,
    streamDialect: declared.stream_dialect ?? base.streamDialect,
    tokenizer: declared.tokenizer ?? base.tokenizer,
    stream: declared.stream ?? base.stream,
    unmatched: declared.unmatched ?? base.unmatched,
    abilities: abilitiesOf(declared, base.abilities),
    webhookFields: declared.webhook_fields ?? base.webhookFields,
    webhookConcurrency: declared.webhook_concurrency ?? base.webhookConcurrency,
    webhookBatch: declared.webhook_batch ?? base.webhookBatch,
    asyncConcurrency: declared.async_concurrency ?? base.asyncConcurrency,
    maxBodyBytes: declared.max_body_bytes ?? base.maxBodyBytes,
    journalKeep: declared.journal_keep ?? base.journalKeep,
    maxWorlds: declared.max_worlds ?? base.maxWorlds,
    maxUnnamedSnapshots: declared.max_unnamed_snapshots ?? base.maxUnnamedSnapshots,
    maxHeaderBytes: declared.max_header_bytes ?? base.maxHeaderBytes,
    maxSnapshotBytes: declared.max_snapshot_bytes ?? base.maxSnapshotBytes,
    generationBudgetMs: declared.generation_budget_ms ?? base.generationBudgetMs,
    maxAnswerBytes: declared.max_answer_bytes ?? base.maxAnswerBytes,
    rateLimitedError: limited
      ? { body: limited.body, headers: limited.headers ?? {} }
      : base.rateLimitedError,
  };
}

function abilitiesOf(
  declared: NonNullable<Seed["settings"]>,
  base: Settings["abilities"],
): Settings["abilities"] {
  const standard = {
    images: declared.images ?? base.default.images,
    logprobs: declared.logprobs ?? base.default.logprobs,
  };
  const bySlug = Object.entries(declared.models ?? {}).map(([slug, own]) => [
    slug,
    { images: own.images ?? standard.images, logprobs: own.logprobs ?? standard.logprobs },
  ]);
  return { ...base, ...Object.fromEntries(bySlug), default: standard };
}

type Path = readonly (string | number)[];

function seedWorkspace(services: Services, seed: WorkspaceSeed, path: Path): void {
  const workspace = declareWorkspace(services, seed, path);
  if (seed.async_webhook_secrets) {
    const secrets = rotated(services, seed.async_webhook_secrets);
    services.context.store.asyncRequests.setSecrets(workspace.id, secrets);
  }
  if (seed.secrets) services.workspaceSecrets.declare(workspace, seed.secrets);
  eachAt([...path, "api_keys"], seed.api_keys, ({ key, type, name = null, model_ids = null }) =>
    services.workspaceKeys.adopt(workspace, key, { type, name, modelIds: model_ids, ofTeam: false }),
  );
  eachAt([...path, "endpoints"], seed.endpoints, (endpoint) =>
    services.endpoints.create(workspace, endpoint),
  );
  eachAt([...path, "groups"], seed.groups, (group, groupPath) =>
    seedGroup(services, workspace, group, null, groupPath),
  );
}

/** Creates the workspace of a seed, or replaces what the seed declares and keeps the rest. */
function declareWorkspace(services: Services, seed: WorkspaceSeed, path: Path = []): Workspace {
  const { workspaces, deliveries, ledger } = services.context.store;
  const stored = workspaces.byName(seed.name);
  const known = stored ?? newWorkspace(services.context, seed.name);
  const workspace: Workspace = {
    ...known,
    onboarded: seed.onboarded ?? known.onboarded,
    orgPrefixes: seed.org_prefixes ?? known.orgPrefixes,
    registrationPublicKey: seed.registration_public_key ?? known.registrationPublicKey,
    ...declaredIn(seed, path),
    user: userOf(seed, known.user),
    team: teamOf(seed, known.team),
    webhook: webhookOf(services, seed) ?? known.webhook,
  };
  if (stored) workspaces.update(workspace);
  else workspaces.insert(workspace);
  // Events from before the webhook are not sent (W-1).
  if (workspace.webhook && !known.webhook) deliveries.begin(workspace.id, ledger.lastSeq());
  return workspace;
}

function newWorkspace(context: WorldContext, name: string): Workspace {
  return {
    id: newId(context, (id) => context.store.workspaces.byId(id) !== null),
    name,
    onboarded: true,
    orgPrefixes: [],
    registrationPublicKey: null,
    models: [],
    chains: [],
    user: defaultUser(context, name),
    team: defaultTeam(context, name),
    webhook: null,
    createdAt: context.clock.now(),
  };
}

/** The declared models and chains; absent keys are not declared. */
function declaredIn(
  { models, chains }: WorkspaceSeed,
  path: Path,
): Partial<Pick<Workspace, "models" | "chains">> {
  return {
    ...(models && { models: eachAt([...path, "models"], models, declaredModel) }),
    ...(chains && { chains: eachAt([...path, "chains"], chains, declaredDeployable) }),
  };
}

function webhookOf(services: Services, { webhook }: WorkspaceSeed): Webhook | undefined {
  return webhook && { url: webhook.url, secrets: rotated(services, webhook.secrets) };
}

/** The first secret is current; the others sign for 24 more hours (W-4). */
function rotated({ context }: Services, secrets: readonly string[]): Webhook["secrets"] {
  return secrets.map((secret, index) => ({
    secret,
    until: index === 0 ? null : context.clock.now() + ROTATION_MS,
  }));
}

function seedGroup(
  services: Services,
  workspace: Workspace,
  seed: GroupSeed,
  parent: Group | null,
  path: Path,
): void {
  if (parent && seed.limit_enforcement && seed.limit_enforcement !== parent.enforcement) {
    throw new SeedError(path, `limit_enforcement: expected the parent's mode ${parent.enforcement}`);
  }
  const { group } = services.groups.create(workspace, {
    name: seed.name ?? null,
    externalEntityId: seed.external_entity_id,
    models: seed.models.map((model) => ({
      slug: model.slug,
      rate_limits: model.rate_limits ?? [],
      usage_limits: model.usage_limits ?? [],
    })),
    enforcement: seed.limit_enforcement ?? null,
    parentId: parent?.id ?? null,
  });
  eachAt([...path, "keys"], seed.keys, ({ key, name }) => services.keys.adopt(group, key, name));
  eachAt([...path, "usage"], seed.usage, (usage) => services.limits.preload(group, usage));
  eachAt([...path, "groups"], seed.groups, (child, childPath) =>
    seedGroup(services, workspace, child, group, childPath),
  );
}

/** Runs `work` for each item of the list at a path, and adds the item's path to its errors. @throws SeedError */
function eachAt<Item, Result>(
  listPath: Path,
  items: readonly Item[] = [],
  work: (item: Item, path: Path) => Result,
): Result[] {
  return items.map((item, index) => {
    const path = [...listPath, index];
    try {
      return work(item, path);
    } catch (cause) {
      if (cause instanceof GatewayError)
        throw new SeedError(path, cause.hint ? `${cause.message} (${cause.hint})` : cause.message);
      throw cause;
    }
  });
}
