import { mintKeySchema, registerKeySchema } from "../../schemas/groups.js";
import { json } from "../answer.js";
import type { Call, Route } from "../routes.js";
import { authorize, parseBody, rawBody } from "./call.js";
import { pageAnswer, pageRequest } from "./pagination.js";
import { keyJson } from "./wire.js";

const COLLECTION = "/v1/gateway/groups/:id/api_keys";
const REGISTER = "/v1/gateway/groups/:id/api_keys/register";
const ITEM = "/v1/gateway/groups/:id/api_keys/:prefix";

/** K-1 to K-6. */
export const KEY_ROUTES: readonly Route[] = [
  {
    surface: "management",
    method: "POST",
    path: COLLECTION,
    async handler(call) {
      const { workspace } = authorize(call, "manage", `POST ${COLLECTION}`);
      const { groups, keys } = call.services;
      groups.chain(workspace, call.param("id"));
      const { name } = parseBody(call, await rawBody(call), mintKeySchema, { optional: true });
      // Looked up again: it may have been deleted while the body was on its way.
      const [group] = groups.chain(workspace, call.param("id"));
      const { text, key } = keys.mint(group, name ?? null);
      const answer = { api_key: text, prefix: key.prefix, name: key.name };
      const hidden = { ...answer, api_key: `${key.prefix}.(not kept)` };
      return { ...json(200, answer), journalBody: JSON.stringify(hidden) };
    },
  },
  {
    surface: "management",
    method: "POST",
    path: REGISTER,
    async handler(call) {
      const route = `POST ${REGISTER}`;
      const { workspace } = authorize(call, "manage", route);
      const { groups, keys } = call.services;
      groups.chain(workspace, call.param("id"));
      const body = await rawBody(call);
      keys.checkSignature(workspace, body, signatureOf(call));
      const { key, name } = parseBody(call, body, registerKeySchema, { secret: true });
      const [group] = groups.chain(workspace, call.param("id"));
      keys.register(group, key, name ?? null);
      return json(200, { ok: true });
    },
  },
  {
    surface: "management",
    method: "GET",
    path: COLLECTION,
    handler(call) {
      const group = groupOf(call, `GET ${COLLECTION}`);
      const list = `keys ${group.id}`;
      return pageAnswer(call, list, call.services.keys.list(group, pageRequest(call, list)), keyJson);
    },
  },
  {
    surface: "management",
    method: "GET",
    path: ITEM,
    handler(call) {
      const group = groupOf(call, `GET ${ITEM}`);
      return json(200, keyJson(call.services.keys.get(group, call.param("prefix"))));
    },
  },
  {
    surface: "management",
    method: "DELETE",
    path: ITEM,
    handler(call) {
      const group = groupOf(call, `DELETE ${ITEM}`);
      return json(200, { prefix: call.services.keys.revoke(group, call.param("prefix")).prefix });
    },
  },
];

function groupOf(call: Call, route: string) {
  const { workspace } = authorize(call, "manage", route);
  return call.services.groups.chain(workspace, call.param("id"))[0];
}

function signatureOf(call: Call): string | undefined {
  const header = call.request.headers["x-baseten-signature"];
  return Array.isArray(header) ? undefined : header;
}
