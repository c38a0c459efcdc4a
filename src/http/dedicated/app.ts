import { Hono } from "hono";
import { asyncPredictSchema } from "../../schemas/async.js";
import { chatRequestSchema } from "../../schemas/chat.js";
import { describe } from "../description/operation.js";
import type { AppEnv } from "../env.js";
import { asyncStatus, cancelAsync, queueStatus, submitAsync } from "./async.js";
import { DEPLOYMENT_PATHS } from "./deployment-paths.js";
import { predict, sync, syncChat, wake } from "./predict.js";

const answers = () => import("../../schemas/async-answers.js");

/** The documented errors of predictions, and 404 and 413. */
const ERRORS = [400, 401, 404, 413, 429, 500, 502, 503, 504];
/** The server inside a deployment accepts any of these. */
const ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** The hosts of dedicated models and chains, `model-<id>.*` and `chain-<id>.*`. */
export const dedicated = new Hono<AppEnv>();

for (const { path, selector } of DEPLOYMENT_PATHS) {
  dedicated.post(
    `${path}/predict`,
    describe({
      summary: "Ask a model; takes and gives JSON or bytes",
      tag: "dedicated",
      errors: ERRORS,
    }),
    (c) => predict(c, "/predict", "model", selector(c)),
  );

  dedicated.post(
    `${path}/run_remote`,
    describe({ summary: "Run a chain", tag: "dedicated", errors: ERRORS }),
    (c) => predict(c, "/run_remote", "chain", selector(c)),
  );

  dedicated.post(
    `${path}/wake`,
    describe({
      summary: "Wake a deployment that is scaled to zero",
      tag: "dedicated",
      status: 202,
      errors: [401, 404],
    }),
    (c) => wake(c, selector(c)),
  );

  dedicated.post(
    `${path}/sync/v1/chat/completions`,
    describe({
      summary: "Chat completion by the engine of a deployment, JSON or server-sent events",
      tag: "dedicated",
      body: () => chatRequestSchema,
      errors: ERRORS,
    }),
    (c) => syncChat(c, selector(c)),
  );

  dedicated.on(
    ANY_METHOD,
    `${path}/sync/:route{.+}`,
    describe({
      summary:
        "A route of the server inside a deployment: v1/models, v1/embeddings, health, or one of your own",
      tag: "dedicated",
      errors: ERRORS,
    }),
    (c) => sync(c, selector(c)),
  );

  dedicated.post(
    `${path}/async_predict`,
    describe({
      summary: "Put a request into the queue of a model",
      tag: "dedicated",
      body: () => asyncPredictSchema,
      status: 201,
      answer: async () => (await answers()).asyncAcceptedAnswer,
      errors: [400, 401, 404, 413],
    }),
    (c) => submitAsync(c, "model", selector(c)),
  );

  dedicated.post(
    `${path}/async_run_remote`,
    describe({
      summary: "Put a request into the queue of a chain",
      tag: "dedicated",
      body: () => asyncPredictSchema,
      status: 201,
      answer: async () => (await answers()).asyncAcceptedAnswer,
      errors: [400, 401, 404, 413],
    }),
    (c) => submitAsync(c, "chain", selector(c)),
  );

  dedicated.get(
    `${path}/async_queue_status`,
    describe({
      summary: "How much waits and runs",
      tag: "dedicated",
      answer: async () => (await answers()).asyncQueueAnswer,
      errors: [401, 404],
    }),
    (c) => queueStatus(c, selector(c)),
  );
}

// The engine's chat in newer documents (I-5.3b). The inference API describes this path for both hosts.
dedicated.post("/v1/chat/completions", (c) => syncChat(c, "either"));

dedicated.get(
  "/async_request/:request_id",
  describe({
    summary: "Status of an async request",
    tag: "dedicated",
    answer: async () => (await answers()).asyncStatusAnswer,
    errors: [401, 404],
  }),
  asyncStatus,
);

dedicated.delete(
  "/async_request/:request_id",
  describe({
    summary: "Cancel an async request that is still queued",
    tag: "dedicated",
    answer: async () => (await answers()).asyncCanceledAnswer,
    errors: [401, 404],
  }),
  cancelAsync,
);
