import { Hono } from "hono";
import { chatRequestSchema } from "../../schemas/chat.js";
import { messagesRequestSchema } from "../../schemas/messages.js";
import { describing } from "../description/describe.js";
import type { AppEnv } from "../env.js";
import { CHAT_DIALECT } from "./chat.js";
import { MESSAGES_DIALECT } from "./messages.js";
import { listModels } from "./models.js";
import { serveModel } from "./serve-model.js";

const describe = describing({ tag: "inference", errorsOf: () => [400, 401, 403, 404, 413, 429] });

/** The OpenAI-compatible inference API, on `inference.*` and on the plain host. */
export const inference = new Hono<AppEnv>();

inference.post(
  "/v1/chat/completions",
  describe("Chat completion, JSON or server-sent events", { body: chatRequestSchema }),
  (c) => serveModel(c, CHAT_DIALECT),
);

inference.post(
  "/v1/messages",
  describe("Message in Anthropic's shape, JSON or server-sent events", { body: messagesRequestSchema }),
  (c) => serveModel(c, MESSAGES_DIALECT),
);

// The management API describes this path for both hosts.
inference.get("/v1/models", listModels);
