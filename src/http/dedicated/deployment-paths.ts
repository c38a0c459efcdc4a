import type { PathSelector } from "../../services/deployments/deployments.js";
import type { AppContext } from "../env.js";

/** One way for a path to name the deployment (I-5.1a). */
interface DeploymentPath {
  /** Hono's pattern, to be followed by `/predict` and its siblings. */
  readonly path: string;
  /** The deployment that the path names. */
  selector(c: AppContext): PathSelector;
}

/** All ways to name a deployment. Bare paths are for regional hosts (I-5.1b). */
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

/** The server inside a deployment accepts any of these. */
export const ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"];
