import { Hono } from "hono";
import { createEndpointSchema, updateEndpointSchema } from "../../schemas/endpoints.js";
import type { AppEnv } from "../env.js";
import { json } from "../respond.js";
import { authorize } from "./authorize.js";
import { readJson } from "./body.js";
import { describingManagement } from "./describe.js";
import { endpointJson } from "./json.js";
import { PAGE_QUERY, pageRequest, respondPage } from "./pagination.js";

const describe = describingManagement("endpoints", () => import("../../schemas/answers.js"));

/** Endpoints (E-1 to E-13). */
export const endpoints = new Hono<AppEnv>();

endpoints.post(
  "/v1/gateway/endpoints",
  describe("Create an endpoint", { body: createEndpointSchema, answer: "endpointAnswer" }),
  authorize("manage"),
  async (c) => {
    const input = await readJson(c, createEndpointSchema);
    const created = c.get("services").endpoints.create(c.get("caller").workspace, input);
    return json(c, endpointJson(created));
  },
);

endpoints.get(
  "/v1/gateway/endpoints",
  describe("List endpoints", { query: PAGE_QUERY, answer: "endpointPageAnswer" }),
  authorize("manage"),
  (c) => {
    const { workspace } = c.get("caller");
    const list = `endpoints ${workspace.id}`;
    const page = c.get("services").endpoints.list(workspace, pageRequest(c, list));
    return respondPage(c, list, page, endpointJson);
  },
);

endpoints.get(
  "/v1/gateway/endpoints/:id",
  describe("Get an endpoint", { answer: "endpointAnswer" }),
  authorize("manage"),
  (c) => {
    const endpoint = c.get("services").endpoints.get(c.get("caller").workspace, c.req.param("id"));
    return json(c, endpointJson(endpoint));
  },
);

endpoints.patch(
  "/v1/gateway/endpoints/:id",
  describe("Update an endpoint", {
    body: updateEndpointSchema,
    bodyRequired: false,
    answer: "endpointAnswer",
  }),
  authorize("manage"),
  async (c) => {
    const { endpoints } = c.get("services");
    const { workspace } = c.get("caller");
    const id = c.req.param("id");
    // Before the body: an unknown endpoint is 404, whatever the body.
    endpoints.get(workspace, id);
    const change = await readJson(c, updateEndpointSchema, { optional: true });
    return json(c, endpointJson(endpoints.update(workspace, id, change)));
  },
);

endpoints.delete(
  "/v1/gateway/endpoints/:id",
  describe("Delete an endpoint", { answer: "endpointDeletedAnswer" }),
  authorize("manage"),
  (c) => {
    const { id, slug } = c.get("services").endpoints.remove(c.get("caller").workspace, c.req.param("id"));
    return json(c, { id, slug });
  },
);
