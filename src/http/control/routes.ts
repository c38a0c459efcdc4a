import type { Route } from "../routes.js";
import { CLOCK_ROUTES } from "./clock.js";
import { DECISION_ROUTES } from "./decisions.js";
import { LIFECYCLE_ROUTES } from "./lifecycle.js";
import { REQUEST_ROUTES } from "./requests.js";

/** Everything under `/_emulator/`. */
export const CONTROL_ROUTES: readonly Route[] = [
  ...LIFECYCLE_ROUTES,
  ...CLOCK_ROUTES,
  ...REQUEST_ROUTES,
  ...DECISION_ROUTES,
];
