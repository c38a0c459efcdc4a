import type { Webhook } from "./billing-webhook.js";
import type { Deployable } from "./deployments.js";

/** The nouns of the gateway, as plain data. Times are epoch milliseconds on the world's clock. */

/** Who owns endpoints, groups and keys. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
  /** Not onboarded: every call below `/v1/gateway` is refused (A-2, Y-43). */
  readonly onboarded: boolean;
  /** Prefixes its slugs may use; empty means every prefix (E-3). */
  readonly orgPrefixes: readonly string[];
  /** 32 raw bytes, base64: checks registered keys (K-3). */
  readonly registrationPublicKey: string | null;
  /** Declared models; empty means that none is checked (E-7). */
  readonly models: readonly DeclaredModel[];
  /** Declared chains: they have hosts of their own (inference §5). */
  readonly chains: readonly Deployable[];
  /** Whose `PERSONAL` keys are, and whom every key of the workspace speaks for (inference §7, Y-41). */
  readonly user: WorkspaceUser;
  /** A workspace has one team (Y-42). */
  readonly team: Team;
  /** Where billing events go; null: nowhere, they are only recorded (W-1). */
  readonly webhook: Webhook | null;
  readonly createdAt: number;
}

/** A person, as `GET /v1/users/me` shows them. */
export interface WorkspaceUser {
  readonly userId: string;
  readonly email: string | null;
  readonly name: string | null;
}

export interface Team {
  readonly id: string;
  readonly name: string;
}

/** A secret of the workspace: endpoints name it by id (E-7). Its value is kept nowhere. */
export interface Secret {
  readonly workspaceId: string;
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

/** A model that the workspace has deployed, with its environments (E-7). */
export interface DeclaredModel extends Deployable {
  /** Names that its engine answers to; empty: any (inference §4.2). */
  readonly servedModelNames: readonly string[];
  /** Length of its embeddings when a request names none. */
  readonly embeddingDimensions: number;
}

/** Types of workspace key; the first two manage the gateway. */
export const WORKSPACE_KEY_TYPES = [
  "PERSONAL",
  "WORKSPACE_MANAGE_ALL",
  "WORKSPACE_INVOKE",
  "WORKSPACE_EXPORT_METRICS",
  "WORKSPACE_MANAGE_API_KEYS",
] as const;
export type WorkspaceKeyType = (typeof WORKSPACE_KEY_TYPES)[number];

/** A workspace's own key, without its secret. */
export interface WorkspaceKey {
  /** Tells keys of one prefix apart; says nothing of the key's text. */
  readonly id: string;
  readonly workspaceId: string;
  readonly prefix: string;
  readonly type: WorkspaceKeyType;
  readonly name: string | null;
  /** The models it may be used for; null: all (inference §7). */
  readonly modelIds: readonly string[] | null;
  /** Made for the workspace's team rather than for the workspace. */
  readonly ofTeam: boolean;
}

/** A key that belongs to a group, without its secret (K-1, K-6). */
export interface FederatedKey {
  readonly workspaceId: string;
  readonly groupId: string;
  readonly prefix: string;
  readonly name: string | null;
}

/** Upstream kinds of an endpoint target (E-6). */
export const PROVIDERS = [
  "BASETEN",
  "ANTHROPIC",
  "OPENAI",
  "OPENAI_COMPATIBLE",
  "VERTEX",
  "BASETEN_MODEL_API",
] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Where an endpoint sends its requests; only the fields that were set are present (E-8). */
export interface Target {
  readonly provider: Provider;
  readonly model_id?: string;
  readonly environment_name?: string;
  readonly secret_id?: string;
  readonly target_model?: string;
  readonly base_url?: string;
  readonly vertex_config?: { readonly project_id: string; readonly location: string };
}

export const REGIONS = ["UNRESTRICTED", "EU"] as const;
export type Region = (typeof REGIONS)[number];

/** A slug and the target it routes to. */
export interface Endpoint {
  readonly id: string;
  readonly workspaceId: string;
  readonly slug: string;
  readonly targets: readonly Target[];
  readonly region: Region | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type LimitType = "REQUEST" | "TOKEN";
export type RateUnit = "SECOND" | "MINUTE";
export type UsageUnit = "DAY";
export type LimitUnit = RateUnit | UsageUnit;

/** At most `threshold` requests or tokens in the rolling window or UTC day (L-2, L-3). */
export interface Limit<U extends LimitUnit = LimitUnit> {
  readonly type: LimitType;
  readonly unit: U;
  readonly threshold: number;
}

/** One slug that a group may call, with the limits the group itself declares (G-3). */
export interface GroupModel {
  readonly slug: string;
  readonly rate_limits: readonly Limit<RateUnit>[];
  readonly usage_limits: readonly Limit<UsageUnit>[];
}

/** How limits flow down a tree of groups (L-5, L-6). */
export type LimitEnforcement = "INDEPENDENT" | "CASCADING";

/** A customer, plan or project: the holder of models, limits and keys. */
export interface Group {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string | null;
  readonly externalEntityId: string;
  readonly models: readonly GroupModel[];
  readonly enforcement: LimitEnforcement;
  readonly parentId: string | null;
  readonly createdAt: number;
}

/** A limit that applies to a (group, slug), and the group that declared it (G-10). */
export interface EffectiveLimit<U extends LimitUnit = LimitUnit> extends Limit<U> {
  readonly sourceGroup: string;
}

/** One entry of `effective_models` (G-10). */
export interface EffectiveModel {
  readonly slug: string;
  readonly rateLimits: readonly EffectiveLimit<RateUnit>[];
  readonly usageLimits: readonly EffectiveLimit<UsageUnit>[];
}
