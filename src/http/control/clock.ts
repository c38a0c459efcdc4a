import { Hono } from "hono";
import { isoTime } from "../../domain/iso-time.js";
import type { FiredJob } from "../../services/time.js";
import type { AppEnv } from "../env.js";
import { json } from "../respond.js";
import { readControlBody } from "./body.js";

/** The world's clock. */
export const clock = new Hono<AppEnv>();

clock.get("/_emulator/clock", (c) => json(c, c.get("services").time.view()));

clock.post("/_emulator/clock", async (c) => {
  const change = await readControlBody(c, (schemas) => schemas.clockSchema);
  const { time } = c.get("services");
  let fired: readonly FiredJob[] = [];
  if ("freeze" in change) time.freeze();
  else if ("real" in change) time.real();
  else fired = await time.set(change.set);
  return json(c, { ...time.view(), fired: fired.map(firedJson) });
});

clock.post("/_emulator/clock/advance", async (c) => {
  const { time } = c.get("services");
  const fired = await time.advance(await readControlBody(c, (schemas) => schemas.advanceSchema));
  return json(c, { now: time.view().now, fired: fired.map(firedJson) });
});

function firedJson({ at, job }: FiredJob) {
  return { at: isoTime(at), job };
}
