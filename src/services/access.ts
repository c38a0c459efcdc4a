import { hash, timingSafeEqual } from "node:crypto";
import { type Credential, readAuthorization } from "../domain/credential.js";
import { GatewayError } from "../domain/errors.js";
import { coversModel, isFederatedKey } from "../domain/keys.js";
import {
  type FederatedKey,
  WORKSPACE_KEY_TYPES,
  type Workspace,
  type WorkspaceKey,
  type WorkspaceKeyType,
} from "../domain/model.js";
import type { SlugRoute } from "./routing.js";
import type { Cache, WorldContext } from "./world-context.js";

/** A caller with a workspace key. */
export interface WorkspaceCaller {
  readonly kind: "workspace";
  readonly key: WorkspaceKey;
  readonly workspace: Workspace;
}

/** The caller of a request, by its key. */
export type Caller = WorkspaceCaller | { readonly kind: "federated"; readonly key: FederatedKey };

/**
 * The scope that a management route requires. `view` (listing groups) and `manage` are scopes of the gateway and also
 * require an onboarded workspace. `keys` and `workspace` do not (Y-43).
 */
export type Scope = "view" | "manage" | "keys" | "workspace";

const GATEWAY_SCOPES: readonly Scope[] = ["view", "manage"];

/** The scopes of each key type (A-7, Y-8, Y-43). */
const SCOPES: Readonly<Record<WorkspaceKeyType, readonly Scope[]>> = {
  PERSONAL: ["view", "manage", "keys", "workspace"],
  WORKSPACE_MANAGE_ALL: ["view", "manage", "keys", "workspace"],
  WORKSPACE_MANAGE_API_KEYS: ["view", "keys"],
  WORKSPACE_INVOKE: [],
  WORKSPACE_EXPORT_METRICS: [],
};

/** Key types that may call models. */
const INVOKING: readonly WorkspaceKeyType[] = ["PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_INVOKE"];

/** The cache of callers is emptied when it has this many entries. */
const MAX_CALLERS = 100_000;

/** Finds the caller of a request by its key, and refuses what the key may not do. */
export class Access implements Cache {
  readonly #context: WorldContext;
  /** By the key's hash, so that no key stays in memory. */
  readonly #callers = new Map<string, Caller>();

  constructor(context: WorldContext) {
    this.#context = context;
    context.caches.push(this);
  }

  configurationChanged(): void {
    this.#callers.clear();
  }

  stateReplaced(): void {
    this.#callers.clear();
  }

  /**
   * The workspace key behind a management call.
   * @throws GatewayError `unauthenticated`, `key_refused`, `missing_scope`, `not_onboarded`
   */
  management(authorization: string | undefined, scope: Scope): WorkspaceCaller {
    const credential = readAuthorization(authorization);
    if (credential.kind === "absent") {
      throw new GatewayError("unauthenticated", {
        hint: 'Send "Authorization: Api-Key <workspace key>". Bearer works too.',
      });
    }
    const caller = credential.kind === "key" ? this.find(credential.key) : null;
    if (caller?.kind !== "workspace") {
      throw new GatewayError("key_refused", {
        hint: caller
          ? "This is a federated key. The management API needs a workspace key."
          : credentialHint(credential),
      });
    }
    if (!SCOPES[caller.key.type].includes(scope)) {
      const types = WORKSPACE_KEY_TYPES.filter((type) => SCOPES[type].includes(scope));
      throw new GatewayError("missing_scope", {
        hint: `This key has type ${caller.key.type}. This route needs ${types.join(" or ")}.`,
      });
    }
    if (GATEWAY_SCOPES.includes(scope) && !caller.workspace.onboarded) {
      throw new GatewayError("not_onboarded", {
        hint: `Workspace "${caller.workspace.name}" has "onboarded: false" in the seed.`,
      });
    }
    return caller;
  }

  /**
   * The caller of an inference request: a federated key with the `Api-Key` scheme, or a workspace key that may call
   * models, with either scheme.
   * @throws GatewayError `missing_key`, `wrong_key`, `bearer_refused`
   */
  inference(credential: Credential): Caller {
    if (credential.kind === "absent") {
      throw new GatewayError("missing_key", { hint: credentialHint(credential) });
    }
    const caller = credential.kind === "key" ? this.find(credential.key) : null;
    if (caller === null || credential.kind !== "key") {
      throw new GatewayError("wrong_key", { hint: credentialHint(credential) });
    }
    if (caller.kind === "workspace") {
      if (!INVOKING.includes(caller.key.type)) {
        throw new GatewayError("wrong_key", { hint: cannotInvokeHint(caller) });
      }
      return caller;
    }
    if (credential.scheme === "bearer" && !this.#context.settings.acceptBearer) {
      throw new GatewayError("bearer_refused", {
        hint: 'Federated keys need "Authorization: Api-Key <key>". In an OpenAI SDK set defaultHeaders: { Authorization: "Api-Key <key>" } (Python: default_headers), or start with --accept-bearer.',
      });
    }
    return caller;
  }

  /**
   * The caller of a dedicated deployment: a workspace key with either scheme (I-4.5a, Y-21). Federated keys and keys
   * that may not call models are refused like wrong keys (I-5.1d).
   * @throws GatewayError `deployment_unauthorized`
   */
  dedicated(credential: Credential): WorkspaceCaller {
    const caller = credential.kind === "key" ? this.find(credential.key) : null;
    if (caller?.kind === "workspace" && INVOKING.includes(caller.key.type)) return caller;
    throw new GatewayError("deployment_unauthorized", {
      hint:
        caller === null
          ? credentialHint(credential)
          : caller.kind === "federated"
            ? "This is a federated key. Dedicated deployments need a workspace key."
            : cannotInvokeHint(caller),
    });
  }

  /** Whether a text is a key of this world. Bound, for texts that must not show one. */
  readonly isKey = (text: string): boolean => this.find(text) !== null;

  /** The caller with this key, or null. Hashes are compared in constant time, and no secret text is. */
  find(key: string): Caller | null {
    const id = hash("sha256", key, "binary");
    const known = this.#callers.get(id);
    if (known) return known;
    const caller = this.#load(Buffer.from(id, "latin1"));
    if (!caller) return null;
    if (this.#callers.size >= MAX_CALLERS) this.#callers.clear();
    this.#callers.set(id, caller);
    return caller;
  }

  #load(digest: Buffer): Caller | null {
    const { keys, workspaceKeys, workspaces } = this.#context.store;
    const federated = keys.byHash(digest);
    if (federated) {
      const { hash, ...key } = federated;
      return timingSafeEqual(hash, digest) ? { kind: "federated", key } : null;
    }
    const stored = workspaceKeys.byHash(digest);
    if (!stored || !timingSafeEqual(stored.hash, digest)) return null;
    const { hash: _, ...key } = stored;
    const workspace = workspaces.byId(key.workspaceId);
    return workspace ? { kind: "workspace", key, workspace } : null;
  }
}

/** Whether a workspace key may call this slug (X-17, Y-44). */
export function canCall({ key, workspace }: WorkspaceCaller, route: SlugRoute): boolean {
  return route.workspaceId === workspace.id && coversModel(key, route.targets[0]?.model_id);
}

/** The hint when a workspace key may not call a slug. */
export function unreachableHint(
  { key, workspace }: WorkspaceCaller,
  route: SlugRoute | null,
  slug: string,
): string {
  return route?.workspaceId === workspace.id
    ? modelsOnlyHint(key)
    : `Workspace "${workspace.name}" has no endpoint with slug ${slug}.`;
}

/** The hint when a key may not be used for a model (Y-44). */
export function modelsOnlyHint({ modelIds }: WorkspaceKey): string {
  return `This key may only call the models ${modelIds?.join(", ")}.`;
}

function cannotInvokeHint({ key }: WorkspaceCaller): string {
  return `Workspace keys of type ${key.type} may not call models.`;
}

function credentialHint(credential: Credential): string {
  switch (credential.kind) {
    case "absent":
      return 'Send "Authorization: Api-Key <key>".';
    case "empty":
      return "The Authorization header has a scheme but no key. Is an environment variable unset?";
    case "malformed":
      return 'The Authorization header must be "Api-Key <key>" or "Bearer <key>".';
    case "key":
      return isFederatedKey(credential.key)
        ? "Unknown federated key: never made here, revoked, or its group was deleted."
        : "Unknown key. Keys come from the seed or from POST /v1/gateway/groups/{id}/api_keys.";
  }
}
