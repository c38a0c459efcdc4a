import type { Route } from "../routes.js";
import { ENDPOINT_ROUTES } from "./endpoints.js";
import { GROUP_ROUTES } from "./groups.js";
import { KEY_ROUTES } from "./keys.js";
import { SPEC_ROUTES } from "./spec.js";

/** Everything on the management host. */
export const MANAGEMENT_ROUTES: readonly Route[] = [
  ...ENDPOINT_ROUTES,
  ...GROUP_ROUTES,
  ...KEY_ROUTES,
  ...SPEC_ROUTES,
];
