import { chatRequestSchema } from "./chat.js";
import { DEPLOYMENT_PATHS } from "./deployment-paths.js";
import type { Operation } from "./operation.js";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
/** Documented for predictions (inference §5), and 404 for what is not there, 413 for what is too large. */
const ERRORS = [400, 401, 404, 413, 429, 500, 502, 503, 504];

/** Synchronous calls on the hosts of models and chains (inference §5). */
export const DEDICATED_OPERATIONS: readonly Operation[] = DEPLOYMENT_PATHS.flatMap((place): Operation[] => [
  {
    method: "post",
    path: `${place}/predict`,
    summary: "Ask a model; takes and gives JSON or bytes",
    tag: "dedicated",
    errors: ERRORS,
  },
  {
    method: "post",
    path: `${place}/run_remote`,
    summary: "Run a chain",
    tag: "dedicated",
    errors: ERRORS,
  },
  {
    method: "post",
    path: `${place}/wake`,
    summary: "Wake a deployment that is scaled to zero",
    tag: "dedicated",
    status: 202,
    errors: [401, 404],
  },
  {
    method: "post",
    path: `${place}/sync/v1/chat/completions`,
    summary: "Chat completion by the engine of a deployment, JSON or server-sent events",
    tag: "dedicated",
    body: chatRequestSchema,
    errors: ERRORS,
  },
  ...METHODS.map(
    (method): Operation => ({
      method,
      path: `${place}/sync/{route}`,
      summary:
        "A route of the server inside a deployment: v1/models, v1/embeddings, health, or one of your own",
      tag: "dedicated",
      errors: ERRORS,
    }),
  ),
]);
