import type { PathSelector } from "../../services/deployments/deployments.js";
import type { Call } from "../routes.js";

/** A way in which paths name the deployment, and what it says. */
export interface PlacePrefix {
  /** Hono's pattern, to be followed by `/predict` and its siblings. */
  readonly path: string;
  place(call: Call): PathSelector;
}

/** The prefixes of inference §5. */
const PATHS: readonly PlacePrefix[] = [
  { path: "/production", place: () => ({ environment: "production" }) },
  { path: "/development", place: () => ({ environment: "development" }) },
  { path: "/environments/:env_name", place: (call) => ({ environment: call.param("env_name") }) },
  { path: "/deployment/:deployment_id", place: (call) => ({ deployment: call.param("deployment_id") }) },
];

/** Bare paths, which regional hosts have. */
const BARE: PlacePrefix = { path: "", place: () => "regional" };

/** Every way to name a deployment; one route each. */
export const PLACES: readonly PlacePrefix[] = [...PATHS, BARE];
