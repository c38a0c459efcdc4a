import { Hono } from "hono";
import { asyncPredictSchema } from "../../schemas/async.js";
import { chatRequestSchema } from "../../schemas/chat.js";
import { describing } from "../description/describe.js";
import type { AppEnv } from "../env.js";
import { asyncStatus, cancelAsync, queueStatus, submitAsync } from "./async.js";
import { DEPLOYMENT_PATHS, METHODS } from "./deployment-paths.js";
import { predict, sync, syncChat, wake } from "./predict.js";

/** The usual errors are the documented ones of predictions, and 404 and 413. */
const describe = describing({
  tag: "dedicated",
  errorsOf: () => [400, 401, 404, 413, 429, 500, 502, 503, 504],
  answers: () => import("../../schemas/async-answers.js"),
});
const LOOKUP_ERRORS = [401, 404];
const SUBMITTED = {
  body: asyncPredictSchema,
  status: 201,
  answer: "asyncAcceptedAnswer",
  errors: [400, 401, 404, 413],
} as const;

/** The hosts of dedicated models and chains, `model-<id>.*` and `chain-<id>.*`. */
export const dedicated = new Hono<AppEnv>();

for (const [path, selector] of Object.entries(DEPLOYMENT_PATHS)) {
  dedicated.post(`${path}/predict`, describe("Ask a model; takes and gives JSON or bytes"), (c) =>
    predict(c, "/predict", "model", selector(c)),
  );

  dedicated.post(`${path}/run_remote`, describe("Run a chain"), (c) =>
    predict(c, "/run_remote", "chain", selector(c)),
  );

  dedicated.post(
    `${path}/wake`,
    describe("Wake a deployment that is scaled to zero", { status: 202, errors: LOOKUP_ERRORS }),
    (c) => wake(c, selector(c)),
  );

  dedicated.post(
    `${path}/sync/v1/chat/completions`,
    describe("Chat completion by the engine of a deployment, JSON or server-sent events", {
      body: chatRequestSchema,
    }),
    (c) => syncChat(c, selector(c)),
  );

  dedicated.on(
    METHODS,
    `${path}/sync/:route{.+}`,
    describe(
      "A route of the server inside a deployment: v1/models, v1/embeddings, health, or one of your own",
    ),
    (c) => sync(c, selector(c)),
  );

  dedicated.post(
    `${path}/async_predict`,
    describe("Put a request into the queue of a model", SUBMITTED),
    (c) => submitAsync(c, "model", selector(c)),
  );

  dedicated.post(
    `${path}/async_run_remote`,
    describe("Put a request into the queue of a chain", SUBMITTED),
    (c) => submitAsync(c, "chain", selector(c)),
  );

  dedicated.get(
    `${path}/async_queue_status`,
    describe("How much waits and runs", { answer: "asyncQueueAnswer", errors: LOOKUP_ERRORS }),
    (c) => queueStatus(c, selector(c)),
  );
}

// The engine's chat in newer documents (I-5.3b). The inference API describes this path for both hosts.
dedicated.post("/v1/chat/completions", (c) => syncChat(c, "either"));

dedicated.get(
  "/async_request/:request_id",
  describe("Status of an async request", { answer: "asyncStatusAnswer", errors: LOOKUP_ERRORS }),
  asyncStatus,
);

dedicated.delete(
  "/async_request/:request_id",
  describe("Cancel an async request that is still queued", {
    answer: "asyncCanceledAnswer",
    errors: LOOKUP_ERRORS,
  }),
  cancelAsync,
);
