import { Hono } from "hono";
import type { AppEnv } from "../env.js";
import { CHAT_DIALECT } from "./chat.js";
import { MESSAGES_DIALECT } from "./messages.js";
import { listModels } from "./models.js";
import { serveModel } from "./serve-model.js";

/** The OpenAI-compatible inference API, on `inference.*` and on the plain host. */
export const inference = new Hono<AppEnv>();

inference.post("/v1/chat/completions", (c) => serveModel(c, CHAT_DIALECT));

inference.post("/v1/messages", (c) => serveModel(c, MESSAGES_DIALECT));

// The management API describes this path for both hosts.
inference.get("/v1/models", listModels);
