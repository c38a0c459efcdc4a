import { createEndpointSchema, updateEndpointSchema } from "../../schemas/endpoints.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { authorize, parseBody, rawBody } from "./call.js";
import { pageAnswer, pageRequest } from "./pagination.js";
import { endpointJson } from "./wire.js";

const COLLECTION = "/v1/gateway/endpoints";
const ITEM = "/v1/gateway/endpoints/:id";

/** E-1 to E-13. */
export const ENDPOINT_ROUTES: readonly Route[] = [
  {
    surface: "management",
    method: "POST",
    path: COLLECTION,
    async handler(call) {
      const { workspace } = authorize(call, "manage", `POST ${COLLECTION}`);
      const input = parseBody(call, await rawBody(call), createEndpointSchema);
      return json(200, endpointJson(call.services.endpoints.create(workspace, input)));
    },
  },
  {
    surface: "management",
    method: "GET",
    path: COLLECTION,
    handler(call) {
      const { workspace } = authorize(call, "manage", `GET ${COLLECTION}`);
      const list = `endpoints ${workspace.id}`;
      const page = call.services.endpoints.list(workspace, pageRequest(call, list));
      return pageAnswer(call, list, page, endpointJson);
    },
  },
  {
    surface: "management",
    method: "GET",
    path: ITEM,
    handler(call) {
      const { workspace } = authorize(call, "manage", `GET ${ITEM}`);
      return json(200, endpointJson(call.services.endpoints.get(workspace, call.param("id"))));
    },
  },
  {
    surface: "management",
    method: "PATCH",
    path: ITEM,
    async handler(call) {
      const { workspace } = authorize(call, "manage", `PATCH ${ITEM}`);
      const { endpoints } = call.services;
      endpoints.get(workspace, call.param("id"));
      const change = parseBody(call, await rawBody(call), updateEndpointSchema, { optional: true });
      return json(200, endpointJson(endpoints.update(workspace, call.param("id"), change)));
    },
  },
  {
    surface: "management",
    method: "DELETE",
    path: ITEM,
    handler(call) {
      const { workspace } = authorize(call, "manage", `DELETE ${ITEM}`);
      const { id, slug } = call.services.endpoints.remove(workspace, call.param("id"));
      return json(200, { id, slug });
    },
  },
];
