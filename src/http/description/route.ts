import type { AppHandler } from "../env.js";
import { json } from "../respond.js";
import type { RegisteredRoute } from "./openapi.js";

/**
 * Answers the description of the emulated APIs, at `/v1/spec` and on the control plane.
 * @param routes all routes of the app; called when they are registered
 */
export function describeRoutes(routes: () => readonly RegisteredRoute[]): AppHandler {
  return async (c) => {
    const { openApi } = await import("./openapi.js");
    return json(c, 200, await openApi(routes(), c.get("emulator").version));
  };
}
