import { Hono } from "hono";
import type { Group } from "../../domain/model.js";
import { mintKeySchema, registerKeySchema } from "../../schemas/groups.js";
import type { AppContext, AppEnv } from "../env.js";
import { readBody } from "../middleware/body.js";
import { json, jsonAnswer, respond } from "../respond.js";
import { authorize } from "./authorize.js";
import { parseBody, readJson } from "./body.js";
import { describingManagement } from "./describe.js";
import { keyJson } from "./json.js";
import { PAGE_QUERY, pageRequest, respondPage } from "./pagination.js";

const describe = describingManagement("keys", () => import("../../schemas/answers.js"));

/** Federated keys of groups (K-1 to K-6). */
export const keys = new Hono<AppEnv>();

keys.post(
  "/v1/gateway/groups/:id/api_keys",
  describe("Mint a key", { body: mintKeySchema, bodyRequired: false, answer: "keyMintedAnswer" }),
  authorize("manage"),
  async (c) => {
    groupOf(c);
    const { name } = await readJson(c, mintKeySchema, { optional: true });
    // Again, because the group may have been deleted while the body arrived.
    const { text, key } = c.get("services").keys.mint(groupOf(c), name ?? null);
    const minted = { api_key: text, prefix: key.prefix, name: key.name };
    const hidden = { ...minted, api_key: `${key.prefix}.(not kept)` };
    return respond(c, { ...jsonAnswer(200, minted), journalBody: JSON.stringify(hidden) });
  },
);

keys.post(
  "/v1/gateway/groups/:id/api_keys/register",
  describe("Register a key of your own, signed", { body: registerKeySchema, answer: "keyRegisteredAnswer" }),
  authorize("manage"),
  async (c) => {
    const { keys } = c.get("services");
    groupOf(c);
    const body = await readBody(c);
    keys.checkSignature(c.get("caller").workspace, body, c.req.header("X-Baseten-Signature"));
    const { key, name } = parseBody(c, body, registerKeySchema, { secret: true });
    keys.register(groupOf(c), key, name ?? null);
    return json(c, { ok: true });
  },
);

keys.get(
  "/v1/gateway/groups/:id/api_keys",
  describe("List keys", { query: PAGE_QUERY, answer: "keyPageAnswer" }),
  authorize("manage"),
  (c) => {
    const group = groupOf(c);
    const list = `keys ${group.id}`;
    return respondPage(c, list, c.get("services").keys.list(group, pageRequest(c, list)), keyJson);
  },
);

keys.get(
  "/v1/gateway/groups/:id/api_keys/:prefix",
  describe("Get a key", { answer: "keyAnswer" }),
  authorize("manage"),
  (c) => json(c, keyJson(c.get("services").keys.get(groupOf(c), c.req.param("prefix")))),
);

keys.delete(
  "/v1/gateway/groups/:id/api_keys/:prefix",
  describe("Revoke a key", { answer: "keyRevokedAnswer" }),
  authorize("manage"),
  (c) => {
    const { prefix } = c.get("services").keys.revoke(groupOf(c), c.req.param("prefix"));
    return json(c, { prefix });
  },
);

/** The group of the path. @throws GatewayError `foreign`, `not_found` */
function groupOf(c: AppContext): Group {
  return c.get("services").groups.chain(c.get("caller").workspace, c.req.param("id") ?? "")[0];
}
