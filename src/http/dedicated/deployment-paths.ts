import type { PathSelector } from "../../services/deployments/deployments.js";
import type { AppContext } from "../env.js";

/** A way in which paths name the deployment. */
export interface DeploymentPath {
  /** Hono's pattern, to be followed by `/predict` and its siblings. */
  readonly path: string;
  /** What the path says of the deployment. */
  selector(c: AppContext): PathSelector;
}

/** Every way to name a deployment; one route each. Bare paths are those of regional hosts. */
export const DEPLOYMENT_PATHS: readonly DeploymentPath[] = [
  { path: "/production", selector: () => ({ environment: "production" }) },
  { path: "/development", selector: () => ({ environment: "development" }) },
  {
    path: "/environments/:env_name",
    selector: (c) => ({ environment: c.req.param("env_name") ?? "" }),
  },
  {
    path: "/deployment/:deployment_id",
    selector: (c) => ({ deployment: c.req.param("deployment_id") ?? "" }),
  },
  { path: "", selector: () => "regional" },
];
