import type * as z from "zod";
import type { GroupModel } from "../../domain/model.js";
import { createGroupSchema, type groupModelSchema, updateGroupSchema } from "../../schemas/groups.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { authorize, parseBody, rawBody } from "./call.js";
import { pageAnswer, pageRequest } from "./pagination.js";
import { groupJson, groupMetadataJson, timestamp, usageJson } from "./wire.js";

const COLLECTION = "/v1/gateway/groups";
const ITEM = "/v1/gateway/groups/:id";
const USAGE = "/v1/gateway/groups/:id/usage";

/** G-1 to G-10, U-1. */
export const GROUP_ROUTES: readonly Route[] = [
  {
    surface: "management",
    method: "POST",
    path: COLLECTION,
    async handler(call) {
      const { workspace } = authorize(call, "manage", `POST ${COLLECTION}`);
      const { metadata, models, hierarchy } = parseBody(call, await rawBody(call), createGroupSchema);
      const view = call.services.groups.create(workspace, {
        name: metadata.name ?? null,
        externalEntityId: metadata.external_entity_id,
        models: models.map(groupModel),
        enforcement: hierarchy.limit_enforcement ?? null,
        parentId: hierarchy.parent_group_id ?? null,
      });
      return json(200, groupJson(view));
    },
  },
  {
    surface: "management",
    method: "GET",
    path: COLLECTION,
    handler(call) {
      const { workspace } = authorize(call, "view", `GET ${COLLECTION}`);
      const list = `groups ${workspace.id}`;
      const entity = call.query.get("external_entity_id") ?? undefined;
      const page = call.services.groups.list(workspace, pageRequest(call, list), entity);
      return pageAnswer(call, list, page, groupJson);
    },
  },
  {
    surface: "management",
    method: "GET",
    path: ITEM,
    handler(call) {
      const { workspace } = authorize(call, "manage", `GET ${ITEM}`);
      return json(200, groupJson(call.services.groups.get(workspace, call.param("id"))));
    },
  },
  {
    surface: "management",
    method: "PATCH",
    path: ITEM,
    async handler(call) {
      const { workspace } = authorize(call, "manage", `PATCH ${ITEM}`);
      const { groups } = call.services;
      groups.chain(workspace, call.param("id"));
      const change = parseBody(call, await rawBody(call), updateGroupSchema);
      const view = groups.update(workspace, call.param("id"), {
        name: change.metadata?.name,
        models: change.models?.map(groupModel),
      });
      return json(200, groupJson(view));
    },
  },
  {
    surface: "management",
    method: "DELETE",
    path: ITEM,
    handler(call) {
      const { workspace } = authorize(call, "manage", `DELETE ${ITEM}`);
      const { group, deletedAt } = call.services.groups.remove(workspace, call.param("id"));
      return json(200, {
        id: group.id,
        metadata: groupMetadataJson(group),
        deleted_at: timestamp(deletedAt),
      });
    },
  },
  {
    surface: "management",
    method: "GET",
    path: USAGE,
    handler(call) {
      const { workspace } = authorize(call, "manage", `GET ${USAGE}`);
      const chain = call.services.groups.chain(workspace, call.param("id"));
      return json(200, usageJson(chain[0], call.services.usage.of(chain)));
    },
  },
];

/** Absent lists are empty ones (G-3). */
function groupModel(model: z.output<typeof groupModelSchema>): GroupModel {
  return {
    slug: model.slug,
    rate_limits: model.rate_limits ?? [],
    usage_limits: model.usage_limits ?? [],
  };
}
