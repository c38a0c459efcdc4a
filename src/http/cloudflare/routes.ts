import type { Route } from "../routes.js";

/** Cloudflare's AI Gateway in front of the same models (inference §6). */
export const CLOUDFLARE_ROUTES: readonly Route[] = [];
