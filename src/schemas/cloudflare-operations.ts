import { chatRequestSchema } from "./chat.js";
import type { Operation } from "./operation.js";

/** Before every path of an AI Gateway. */
const GATEWAY = "/v1/{account}/{gateway}";
/** What the AI Gateway says of itself (inference §6), and what passes through from behind it. */
const ERRORS = [400, 401, 402, 403, 404, 408, 413, 429];

/** The host of Cloudflare's AI Gateway, as the description shows it. */
export const CLOUDFLARE_OPERATIONS: readonly Operation[] = [
  {
    method: "post",
    path: `${GATEWAY}/baseten/v1/chat/completions`,
    summary: "Chat completion through an AI Gateway",
    tag: "cloudflare",
    body: chatRequestSchema,
    errors: ERRORS,
  },
  {
    method: "post",
    path: `${GATEWAY}/baseten/chat/completions`,
    summary: "The same, as the documents' OpenAI SDK sample calls it",
    tag: "cloudflare",
    body: chatRequestSchema,
    errors: ERRORS,
  },
  {
    method: "post",
    path: `${GATEWAY}/compat/chat/completions`,
    summary: "Chat completion with model baseten/{model}",
    tag: "cloudflare",
    body: chatRequestSchema,
    errors: ERRORS,
  },
  {
    method: "post",
    path: `${GATEWAY}/baseten/model/{model_id}`,
    summary: "Prediction of a dedicated model's production through an AI Gateway",
    tag: "cloudflare",
    errors: ERRORS,
  },
  {
    method: "get",
    path: `${GATEWAY}/baseten/v1/models`,
    summary: "The models that the key may call, through an AI Gateway",
    tag: "cloudflare",
    errors: [400, 401, 403],
  },
];
