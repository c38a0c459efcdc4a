import type { Route } from "../routes.js";

/** The hosts of dedicated deployments (inference §5). */
export const DEDICATED_ROUTES: readonly Route[] = [];
