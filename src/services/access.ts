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
import { hashKey, sameHash } from "./secrets.js";
import type { Cache, WorldContext } from "./world-context.js";

/** A workspace, calling with a key of its own. */
export interface WorkspaceCaller {
  readonly kind: "workspace";
  readonly key: WorkspaceKey;
  readonly workspace: Workspace;
}

/** Who is calling, once the key has been found. */
export type Caller = WorkspaceCaller | { readonly kind: "federated"; readonly key: FederatedKey };

/** A workspace key that may use the management API. */
export interface ManagementCaller {
  readonly key: WorkspaceKey;
  readonly workspace: Workspace;
}

/**
 * What a management route asks of a key. `view` (listing groups) and `manage` are of the gateway, and ask for an
 * onboarded workspace too; `keys` and `workspace` are not (Y-43).
 */
export type Scope = "view" | "manage" | "keys" | "workspace";

const OF_GATEWAY: readonly Scope[] = ["view", "manage"];

/** */
const SCOPES: Readonly<Record<WorkspaceKeyType, readonly Scope[]>> = {
  PERSONAL: ["view", "manage", "keys", "workspace"],
  WORKSPACE_MANAGE_ALL: ["view", "manage", "keys", "workspace"],
  WORKSPACE_MANAGE_API_KEYS: ["view", "keys"],
  WORKSPACE_INVOKE: [],
  WORKSPACE_EXPORT_METRICS: [],
};

/** keys that may call models. */
const INVOKING: readonly WorkspaceKeyType[] = ["PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_INVOKE"];

/** More callers than this in memory, and the memory starts afresh. */
const CALLERS_KEPT = 100_000;

/** Finds out who calls, and refuses in the order the contract gives. */
export class Access implements Cache {
  readonly #context: WorldContext;
  /** By the key's hash, so that no key text stays in memory. */
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
  management(authorization: string | undefined, scope: Scope): ManagementCaller {
    const credential = readAuthorization(authorization);
    if (credential.kind === "absent") {
      throw new GatewayError("unauthenticated", {
        hint: 'send "Authorization: Api-Key <workspace key>" (Bearer works too)',
      });
    }
    const caller = credential.kind === "key" ? this.find(credential.key) : null;
    if (caller?.kind !== "workspace") throw managementRefusal(credential, caller);
    if (!SCOPES[caller.key.type].includes(scope)) {
      throw new GatewayError("missing_scope", {
        hint: `this key is of type ${caller.key.type}; this route asks for ${typesWith(scope).join(" or ")}`,
      });
    }
    if (OF_GATEWAY.includes(scope) && !caller.workspace.onboarded) {
      throw new GatewayError("not_onboarded", {
        hint: `workspace "${caller.workspace.name}" has "onboarded: false" in the seed`,
      });
    }
    return caller;
  }

  /**
   * The key behind an inference call: a federated key with the `Api-Key` scheme, or a workspace key that may
   * invoke, with either.
   * @throws GatewayError `missing_key`, `wrong_key`, `bearer_refused`
   */
  inference(credential: Credential): Caller {
    if (credential.kind === "absent") {
      throw new GatewayError("missing_key", { hint: 'send "Authorization: Api-Key <key>"' });
    }
    const caller = credential.kind === "key" ? this.find(credential.key) : null;
    if (caller === null || credential.kind !== "key") throw inferenceRefusal(credential);
    if (caller.kind === "workspace") {
      if (!INVOKING.includes(caller.key.type)) {
        throw new GatewayError("wrong_key", {
          hint: `workspace keys of type ${caller.key.type} may not call models`,
        });
      }
      return caller;
    }
    if (credential.scheme === "bearer" && !this.#context.settings.acceptBearer) {
      throw new GatewayError("bearer_refused", {
        hint: 'federated keys need "Authorization: Api-Key <key>"; in an OpenAI SDK set defaultHeaders: { Authorization: "Api-Key <key>" } (Python: default_headers), or start with --accept-bearer',
      });
    }
    return caller;
  }

  /**
   * The workspace key behind a call to a dedicated deployment, with either scheme (inference §4.5, Y-21). One that
   * may not call models, and a federated one, are refused like a wrong one.
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
            ? "this is a federated key; dedicated deployments take a workspace key"
            : `workspace keys of type ${caller.key.type} may not call models`,
    });
  }

  /** The caller with this key, or null. */
  find(key: string): Caller | null {
    const digest = hashKey(key);
    const id = digest.toString("latin1");
    const known = this.#callers.get(id);
    if (known) return known;
    const found = this.#look(digest);
    if (!found) return null;
    if (this.#callers.size >= CALLERS_KEPT) this.#callers.clear();
    this.#callers.set(id, found);
    return found;
  }

  #look(digest: Buffer): Caller | null {
    const { keys, workspaceKeys, workspaces } = this.#context.store;
    const federated = keys.byHash(digest);
    if (federated && sameHash(federated.hash, digest)) return { kind: "federated", key: federated.key };
    const own = workspaceKeys.byHash(digest);
    if (!own || !sameHash(own.hash, digest)) return null;
    const workspace = workspaces.byId(own.key.workspaceId);
    return workspace ? { kind: "workspace", key: own.key, workspace } : null;
  }
}

/** Whether a workspace key may call what a slug leads to (X-17, Y-44). */
export function canCall({ key, workspace }: WorkspaceCaller, route: SlugRoute): boolean {
  return route.workspaceId === workspace.id && coversModel(key, route.targets[0]?.model_id);
}

/** Why it may not. */
export function unreachableHint(
  { key, workspace }: WorkspaceCaller,
  route: SlugRoute | null,
  slug: string,
): string {
  return route?.workspaceId === workspace.id
    ? `this key is for the models ${key.modelIds?.join(", ")} only`
    : `workspace "${workspace.name}" has no endpoint with slug ${slug}`;
}

function typesWith(scope: Scope): WorkspaceKeyType[] {
  return WORKSPACE_KEY_TYPES.filter((type) => SCOPES[type].includes(scope));
}

function managementRefusal(credential: Credential, caller: Caller | null): GatewayError {
  if (caller?.kind === "federated") {
    return new GatewayError("key_refused", {
      hint: "this is a federated key; the management API takes a workspace key",
    });
  }
  return new GatewayError("key_refused", { hint: credentialHint(credential) });
}

function inferenceRefusal(credential: Credential): GatewayError {
  return new GatewayError("wrong_key", { hint: credentialHint(credential) });
}

function credentialHint(credential: Credential): string {
  switch (credential.kind) {
    case "absent":
      return 'send "Authorization: Api-Key <key>"';
    case "empty":
      return "the Authorization header has a scheme but no key behind it; is an environment variable unset?";
    case "malformed":
      return 'the Authorization header must be "Api-Key <key>" or "Bearer <key>"';
    case "key":
      return isFederatedKey(credential.key)
        ? "no live federated key like this one: never minted here, revoked, or its group was deleted"
        : "no such key in this emulator; keys come from the seed or from POST /v1/gateway/groups/{id}/api_keys";
  }
}
