import { Hono } from "hono";
import type { AppEnv } from "../env.js";
import { endpoints } from "./endpoints.js";
import { groups } from "./groups.js";
import { keys } from "./keys.js";
import { models } from "./models.js";
import { secrets } from "./secrets.js";
import { workspace } from "./workspace.js";

/** The management API, on `api.*` and below `/v1/gateway`. The app itself adds `/v1/spec`. */
export const management = new Hono<AppEnv>();

for (const part of [endpoints, groups, keys, workspace, models, secrets]) management.route("/", part);
