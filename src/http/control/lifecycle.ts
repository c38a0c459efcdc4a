import { Hono } from "hono";
import type { AppEnv } from "../env.js";
import { json } from "../respond.js";
import { readControlJson } from "./body.js";

/** Health, reset, seed, and error coverage. */
export const lifecycle = new Hono<AppEnv>();

lifecycle.get("/_emulator/health", (c) => {
  const emulator = c.get("emulator");
  const { now } = c.get("services").time.view();
  const problem = emulator.problem();
  const status = problem === null ? { status: "ok" } : { status: "degraded", problem };
  const health = { ...status, version: emulator.version, now };
  const { name, url, ...withKeys } = emulator.view();
  // Whoever has no token may know that it runs, and no key (Y-63).
  if (c.env.withoutToken) return json(c, { ...health, name, url, control_token: "required" });
  return json(c, { ...health, name, url, ...withKeys });
});

lifecycle.post("/_emulator/reset", (c) => {
  c.get("emulator").reset();
  return json(c, { ok: true });
});

lifecycle.post("/_emulator/seed", async (c) => {
  await c.get("emulator").seed(await readControlJson(c));
  return json(c, { ok: true });
});

lifecycle.put("/_emulator/seed", async (c) => {
  await c.get("emulator").reseed(await readControlJson(c));
  return json(c, { ok: true });
});

/** Since the emulator started, over all its worlds. */
lifecycle.get("/_emulator/errors", (c) => {
  const { provoked, known, items } = c.get("emulator").errors.coverage();
  return json(c, { provoked, known, items, pagination: { has_more: false, cursor: null } });
});
