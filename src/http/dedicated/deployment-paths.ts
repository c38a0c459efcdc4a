import type { PathSelector } from "../../services/deployments/deployments.js";
import type { AppContext } from "../env.js";

/**
 * All ways for a path to name a deployment (I-5.1a), as Hono's patterns, to be followed by `/predict` and its siblings.
 * Bare paths are for regional hosts (I-5.1b).
 */
export const DEPLOYMENT_PATHS: Readonly<Record<string, (c: AppContext) => PathSelector>> = {
  "/production": () => ({ environment: "production" }),
  "/development": () => ({ environment: "development" }),
  "/environments/:env_name": (c) => ({ environment: c.req.param("env_name") ?? "" }),
  "/deployment/:deployment_id": (c) => ({ deployment: c.req.param("deployment_id") ?? "" }),
  "": () => "regional",
};

/** Of all routes; the server inside a deployment accepts any of these. */
export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
