import type { Webhook } from "./billing-webhook.js";
import type { Deployable } from "./deployments.js";

/** The entities of the gateway, as plain data. Times are epoch milliseconds on the world's clock. */

/** The owner of endpoints, groups and keys. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
  /** false: every call under `/v1/gateway` is refused (A-2, Y-43). */
  readonly onboarded: boolean;
  /** Prefixes that its slugs may have; empty: any (E-3). */
  readonly orgPrefixes: readonly string[];
  /** Ed25519 key that verifies key registrations: 32 raw bytes in base64 (K-3). */
  readonly registrationPublicKey: string | null;
  /** Declared models; empty: models are not checked (E-7). */
  readonly models: readonly DeclaredModel[];
  /** Declared chains (I-5.1c). */
  readonly chains: readonly Deployable[];
  /** The owner of its `PERSONAL` keys, and the user that `GET /v1/users/me` shows (I-7.3a, Y-41). */
  readonly user: WorkspaceUser;
  /** A workspace has one team (Y-42). */
  readonly team: Team;
  /** Receives the billing events; null: they are only recorded (W-1). */
  readonly webhook: Webhook | null;
  readonly createdAt: number;
}

/** The user that `GET /v1/users/me` shows (I-7.3a). */
export interface WorkspaceUser {
  readonly userId: string;
  readonly email: string | null;
  readonly name: string | null;
}

export interface Team {
  readonly id: string;
  readonly name: string;
}

/** A secret of the workspace. Endpoints refer to its id (E-7). Its value is not stored (I-7.3e). */
export interface Secret {
  readonly workspaceId: string;
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

/** A declared model with its environments (E-7). */
export interface DeclaredModel extends Deployable {
  /** Model names that its engine accepts; empty: any (I-4.2e). */
  readonly servedModelNames: readonly string[];
  /** Default length of its embeddings. */
  readonly embeddingDimensions: number;
}

/** Types of workspace keys; the first two may manage the gateway. */
export const WORKSPACE_KEY_TYPES = [
  "PERSONAL",
  "WORKSPACE_MANAGE_ALL",
  "WORKSPACE_INVOKE",
  "WORKSPACE_EXPORT_METRICS",
  "WORKSPACE_MANAGE_API_KEYS",
] as const;
export type WorkspaceKeyType = (typeof WORKSPACE_KEY_TYPES)[number];

/** A workspace key, without its secret. */
export interface WorkspaceKey {
  /** Distinguishes keys with the same prefix; reveals nothing of the key. */
  readonly id: string;
  readonly workspaceId: string;
  readonly prefix: string;
  readonly type: WorkspaceKeyType;
  readonly name: string | null;
  /** The models it may be used for; null: all (I-7.1b). */
  readonly modelIds: readonly string[] | null;
  /** Made for the workspace's team (I-7.1e). */
  readonly ofTeam: boolean;
}

/** The key of a group, without its secret (K-1, K-6). */
export interface FederatedKey {
  readonly workspaceId: string;
  readonly groupId: string;
  readonly prefix: string;
  readonly name: string | null;
}

/** Providers of endpoint targets (E-6). */
export const PROVIDERS = [
  "BASETEN",
  "ANTHROPIC",
  "OPENAI",
  "OPENAI_COMPATIBLE",
  "VERTEX",
  "BASETEN_MODEL_API",
] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The target of an endpoint, with only the fields that were set (E-8). */
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

/** A slug and its target (E-1). */
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

/** At most `threshold` requests or tokens per rolling window or UTC day (L-2, L-3). */
export interface Limit<U extends LimitUnit = LimitUnit> {
  readonly type: LimitType;
  readonly unit: U;
  readonly threshold: number;
}

/** A slug that a group may call, with the limits that the group itself declares (G-3). */
export interface GroupModel {
  readonly slug: string;
  readonly rate_limits: readonly Limit<RateUnit>[];
  readonly usage_limits: readonly Limit<UsageUnit>[];
}

/** How limits apply to descendants (L-5, L-6). */
export type LimitEnforcement = "INDEPENDENT" | "CASCADING";

/** A customer, plan or project, with its models, limits and keys. */
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

/** A limit that applies to a (group, slug), with the group that declared it (G-10). */
export interface EffectiveLimit<U extends LimitUnit = LimitUnit> extends Limit<U> {
  readonly sourceGroup: string;
}
