import type { Route } from "../routes.js";
import { CHAT_ROUTE } from "./chat.js";
import { MESSAGES_ROUTE } from "./messages.js";
import { MODELS_ROUTE } from "./models.js";

/** Everything on the inference host. */
export const INFERENCE_ROUTES: readonly Route[] = [CHAT_ROUTE, MESSAGES_ROUTE, MODELS_ROUTE];
