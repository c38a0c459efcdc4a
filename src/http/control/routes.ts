import type { Route } from "../routes.js";
import { BILLING_ROUTES } from "./billing.js";
import { CLOCK_ROUTES } from "./clock.js";
import { COMPLETION_ROUTES } from "./completions.js";
import { DECISION_ROUTES } from "./decisions.js";
import { ERROR_ROUTES } from "./errors.js";
import { FAULT_ROUTES } from "./faults.js";
import { FIDELITY_ROUTES } from "./fidelity.js";
import { LIFECYCLE_ROUTES } from "./lifecycle.js";
import { PREDICTION_ROUTES } from "./predictions.js";
import { REQUEST_ROUTES } from "./requests.js";
import { SNAPSHOT_ROUTES } from "./snapshots.js";
import { WEBHOOK_ROUTES } from "./webhooks.js";
import { WORLD_ROUTES } from "./worlds.js";

/** Everything under `/_emulator/`. */
export const CONTROL_ROUTES: readonly Route[] = [
  ...LIFECYCLE_ROUTES,
  ...CLOCK_ROUTES,
  ...REQUEST_ROUTES,
  ...DECISION_ROUTES,
  ...COMPLETION_ROUTES,
  ...PREDICTION_ROUTES,
  ...FAULT_ROUTES,
  ...ERROR_ROUTES,
  ...FIDELITY_ROUTES,
  ...BILLING_ROUTES,
  ...WEBHOOK_ROUTES,
  ...SNAPSHOT_ROUTES,
  ...WORLD_ROUTES,
];
