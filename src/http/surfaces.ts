import type { Hono } from "hono";
import { createCloudflare } from "./cloudflare/app.js";
import { dedicated } from "./dedicated/app.js";
import type { AppEnv } from "./env.js";
import { inference } from "./inference/app.js";
import { management } from "./management/app.js";

/**
 * Adds the surfaces of the emulated APIs. They are in a file of their own, which the first request to one of them loads,
 * because they and their schemas load slowly.
 */
export function addSurfaces(app: Hono<AppEnv>): void {
  app.route("/management", management);
  app.route("/inference", inference);
  app.route("/dedicated", dedicated);
  app.route("/cloudflare", createCloudflare(app.fetch));
}
