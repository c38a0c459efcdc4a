import type { AppHandler } from "../env.js";
import { json } from "../respond.js";
import type { RegisteredRoute } from "./openapi.js";

/**
 * Answers the description of the emulated APIs, at `/v1/spec` and on the control plane.
 * @param routes all routes of the app
 */
export function describeRoutes(routes: () => Promise<readonly RegisteredRoute[]>): AppHandler {
  return async (c) => {
    const { openApi } = await import("./openapi.js");
    return json(c, 200, await openApi(await routes(), c.get("emulator").version));
  };
}
