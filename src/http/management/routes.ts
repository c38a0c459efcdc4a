import type { Route } from "../routes.js";
import { ENDPOINT_ROUTES } from "./endpoints.js";
import { GROUP_ROUTES } from "./groups.js";
import { KEY_ROUTES } from "./keys.js";
import { MODEL_ROUTES } from "./models.js";
import { SECRET_ROUTES } from "./secrets.js";
import { SPEC_ROUTES } from "./spec.js";
import { USER_ROUTES } from "./users.js";
import { WORKSPACE_KEY_ROUTES } from "./workspace-keys.js";

/** Everything on the management host. */
export const MANAGEMENT_ROUTES: readonly Route[] = [
  ...ENDPOINT_ROUTES,
  ...GROUP_ROUTES,
  ...KEY_ROUTES,
  ...USER_ROUTES,
  ...WORKSPACE_KEY_ROUTES,
  ...MODEL_ROUTES,
  ...SECRET_ROUTES,
  ...SPEC_ROUTES,
];
