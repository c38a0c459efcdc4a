import type { Credential } from "../domain/credential.js";
import { GatewayError } from "../domain/errors.js";
import { coversModel } from "../domain/keys.js";
import { orgPrefixOf } from "../domain/slug.js";
import type { Caller } from "./access.js";
import type { RequestInProgress } from "./journal.js";
import type { Services } from "./services.js";
import type { WorldContext } from "./world-context.js";

/** One entry of the catalogue (I-3a). */
export interface CatalogueModel {
  readonly slug: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly ownedBy: string;
}

/**
 * `GET /v1/models` of the inference host: the models that a key may call.
 * @throws GatewayError `models_missing_key`, `wrong_key`, `bearer_refused`
 */
export function callableModels(
  { context, access, routing }: Services,
  inProgress: RequestInProgress,
  credential: Credential,
): CatalogueModel[] {
  if (credential.kind === "absent") throw new GatewayError("models_missing_key");
  const caller = access.inference(credential);
  inProgress.keyPrefix = caller.key.prefix;
  const { endpoints } = context.store;
  return slugsOf(context, inProgress, caller).flatMap((slug) => {
    const route = routing.route(slug);
    const endpoint = route ? endpoints.byId(route.endpointId) : null;
    if (!endpoint || endpoint.workspaceId !== caller.key.workspaceId) return [];
    if (caller.kind === "workspace" && !coversModel(caller.key, endpoint.targets[0]?.model_id)) return [];
    return [{ slug, createdAt: endpoint.createdAt, ownedBy: orgPrefixOf(slug) }];
  });
}

/** The slugs of a federated key's group (I-3c), or of a workspace key's workspace. */
function slugsOf({ store }: WorldContext, inProgress: RequestInProgress, caller: Caller): string[] {
  if (caller.kind === "workspace") return store.endpoints.slugs(caller.workspace.id);
  const group = store.groups.byId(caller.key.groupId);
  if (!group) return [];
  inProgress.groupId = group.id;
  inProgress.externalEntityId = group.externalEntityId;
  return group.models.map((model) => model.slug);
}
