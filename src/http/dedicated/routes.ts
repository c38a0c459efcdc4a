import type { Route } from "../routes.js";
import { ASYNC_ROUTES } from "./async.js";
import { PREDICT_ROUTES } from "./predict.js";
import { SYNC_ROUTES } from "./sync.js";

/** The hosts of dedicated deployments (inference §5). */
export const DEDICATED_ROUTES: readonly Route[] = [...PREDICT_ROUTES, ...SYNC_ROUTES, ...ASYNC_ROUTES];
