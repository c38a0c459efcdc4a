import type { MiddlewareHandler } from "hono";
import { GatewayError } from "../../domain/errors.js";
import { pathWithoutKey } from "../../domain/keys.js";
import type { AppContext, AppEnv } from "../env.js";
import { errorAnswer, respondError } from "../errors.js";
import { wholeResponse } from "../respond.js";

/**
 * Begins a journal entry, and writes it before the answer goes out: what a client was told is stored (W-8). The
 * emulator's own paths are not journalled. A stream writes its entry itself when it ends.
 */
export const journal: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { surface, path } = c.get("destination");
  const services = c.get("services");
  const inProgress = services.journal.begin(surface, c.req.method, pathWithoutKey(path));
  c.set("inProgress", inProgress);
  c.env.requestNumber = inProgress.seq;
  const error = c.get("worldError");
  // A request for a world that is not there goes no further; the default world's journal has it.
  if (error) c.res = respondError(c, error);
  else await next();
  if (surface === "control" || c.get("recordsItself")) return;
  const failure = await services.journal.finish(inProgress, c.res.status);
  if (!failure) return;
  // Hono merges headers into a response that is there already.
  c.res = undefined;
  c.res = storageFailure(c);
};

/** The journal could not be written, so nothing can be acknowledged. */
export function storageFailure(c: AppContext): Response {
  const error = new GatewayError("internal", { hint: "the state file could not be written" });
  const { status, body, headers } = errorAnswer(
    c.get("destination").surface,
    error,
    c.get("services").context.settings,
  );
  return wholeResponse(c, status, body, { ...headers });
}
