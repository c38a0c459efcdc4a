import { Hono } from "hono";
import type { AppEnv } from "../env.js";
import { json } from "../respond.js";
import { authorize } from "./authorize.js";
import { userJson } from "./workspace-json.js";

/** The user of a key (I-7.3a, Y-41). */
export const users = new Hono<AppEnv>();

users.get("/v1/users/me", authorize("keys"), (c) => {
  const { user, name } = c.get("caller").workspace;
  return json(c, 200, { ...userJson(user), workspace_name: name });
});
