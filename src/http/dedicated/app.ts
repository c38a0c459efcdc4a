import { Hono } from "hono";
import type { AppEnv } from "../env.js";
import { asyncStatus, cancelAsync, queueStatus, submitAsync } from "./async.js";
import { DEPLOYMENT_PATHS, METHODS } from "./deployment-paths.js";
import { predict, sync, syncChat, wake } from "./predict.js";

/** The hosts of dedicated models and chains, `model-<id>.*` and `chain-<id>.*`. */
export const dedicated = new Hono<AppEnv>();

for (const [path, selector] of Object.entries(DEPLOYMENT_PATHS)) {
  dedicated.post(`${path}/predict`, (c) => predict(c, "/predict", "model", selector(c)));

  dedicated.post(`${path}/run_remote`, (c) => predict(c, "/run_remote", "chain", selector(c)));

  dedicated.post(`${path}/wake`, (c) => wake(c, selector(c)));

  dedicated.post(`${path}/sync/v1/chat/completions`, (c) => syncChat(c, selector(c)));

  dedicated.on(METHODS, `${path}/sync/:route{.+}`, (c) => sync(c, selector(c)));

  dedicated.post(`${path}/async_predict`, (c) => submitAsync(c, "model", selector(c)));

  dedicated.post(`${path}/async_run_remote`, (c) => submitAsync(c, "chain", selector(c)));

  dedicated.get(`${path}/async_queue_status`, (c) => queueStatus(c, selector(c)));
}

// The engine's chat in newer documents (I-5.3b). The inference API describes this path for both hosts.
dedicated.post("/v1/chat/completions", (c) => syncChat(c, "either"));

dedicated.get("/async_request/:request_id", asyncStatus);

dedicated.delete("/async_request/:request_id", cancelAsync);
