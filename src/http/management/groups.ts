import { Hono } from "hono";
import type * as z from "zod";
import type { GroupModel } from "../../domain/model.js";
import { createGroupSchema, type groupModelSchema, updateGroupSchema } from "../../schemas/groups.js";
import type { AppEnv } from "../env.js";
import { json } from "../respond.js";
import { authorize } from "./authorize.js";
import { readJson } from "./body.js";
import { describingManagement } from "./describe.js";
import { groupJson, groupMetadataJson, groupUsageJson, timestamp } from "./json.js";
import { PAGE_QUERY, pageRequest, respondPage } from "./pagination.js";

const describe = describingManagement("groups", () => import("../../schemas/answers.js"));

/** Groups and their usage (G-1 to G-10, U-1). */
export const groups = new Hono<AppEnv>();

groups.post(
  "/v1/gateway/groups",
  describe("Create a group", {
    body: createGroupSchema,
    answer: "groupAnswer",
    errors: [400, 401, 403, 404, 429],
  }),
  authorize("manage"),
  async (c) => {
    const { metadata, models, hierarchy } = await readJson(c, createGroupSchema);
    const created = c.get("services").groups.create(c.get("caller").workspace, {
      name: metadata.name ?? null,
      externalEntityId: metadata.external_entity_id,
      models: models.map(groupModel),
      enforcement: hierarchy.limit_enforcement ?? null,
      parentId: hierarchy.parent_group_id ?? null,
    });
    return json(c, groupJson(created));
  },
);

groups.get(
  "/v1/gateway/groups",
  describe("List groups", { query: [...PAGE_QUERY, "external_entity_id"], answer: "groupPageAnswer" }),
  authorize("view"),
  (c) => {
    const { workspace } = c.get("caller");
    const list = `groups ${workspace.id}`;
    const entity = c.req.query("external_entity_id");
    const page = c.get("services").groups.list(workspace, pageRequest(c, list), entity);
    return respondPage(c, list, page, groupJson);
  },
);

groups.get(
  "/v1/gateway/groups/:id",
  describe("Get a group", { answer: "groupAnswer" }),
  authorize("manage"),
  (c) => {
    const group = c.get("services").groups.get(c.get("caller").workspace, c.req.param("id"));
    return json(c, groupJson(group));
  },
);

groups.patch(
  "/v1/gateway/groups/:id",
  describe("Update a group's name or models", { body: updateGroupSchema, answer: "groupAnswer" }),
  authorize("manage"),
  async (c) => {
    const { groups } = c.get("services");
    const { workspace } = c.get("caller");
    const id = c.req.param("id");
    // Before the body: an unknown group is 404, whatever the body.
    groups.chain(workspace, id);
    const change = await readJson(c, updateGroupSchema);
    const updated = groups.update(workspace, id, {
      name: change.metadata?.name,
      models: change.models?.map(groupModel),
    });
    return json(c, groupJson(updated));
  },
);

groups.delete(
  "/v1/gateway/groups/:id",
  describe("Delete a group, its descendants and all their keys", { answer: "groupDeletedAnswer" }),
  authorize("manage"),
  (c) => {
    const { groups } = c.get("services");
    const { group, deletedAt } = groups.remove(c.get("caller").workspace, c.req.param("id"));
    return json(c, {
      id: group.id,
      metadata: groupMetadataJson(group),
      deleted_at: timestamp(deletedAt),
    });
  },
);

groups.get(
  "/v1/gateway/groups/:id/usage",
  describe("Today's usage against the group's usage limits", { answer: "usageAnswer" }),
  authorize("manage"),
  (c) => {
    const { groups, limits } = c.get("services");
    const chain = groups.chain(c.get("caller").workspace, c.req.param("id"));
    return json(c, groupUsageJson(chain[0], limits.usage(chain)));
  },
);

/** Absent lists are empty (G-3). */
function groupModel(model: z.output<typeof groupModelSchema>): GroupModel {
  return {
    slug: model.slug,
    rate_limits: model.rate_limits ?? [],
    usage_limits: model.usage_limits ?? [],
  };
}
