import type { MiddlewareHandler } from "hono";
import type { GatewayError } from "../../domain/errors.js";
import { pathWithoutKey } from "../../domain/hidden-keys.js";
import type { AppContext, AppEnv } from "../env.js";
import { errorAnswer, respondError } from "../errors.js";
import { respond } from "../respond.js";

/**
 * Begins a journal entry, and stores it before the answer is sent (W-8). Control requests are not stored. A stream
 * stores its entry itself when it ends.
 */
export const journal: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { surface, path } = c.get("destination");
  const services = c.get("services");
  const inProgress = services.journal.begin(
    surface,
    c.req.method,
    pathWithoutKey(path, services.access.isKey),
  );
  c.set("inProgress", inProgress);
  c.env.requestNumber = inProgress.seq;
  const refusal = c.get("refusal");
  // Such a request ends here, in the journal of the default world.
  if (refusal) c.res = respondError(c, refusal);
  else await next();
  if (surface === "control" || c.get("recordsItself")) return;
  const failure = await services.journal.finish(inProgress, c.res.status);
  if (!failure) return;
  // Hono would merge the headers of both responses.
  c.res = undefined;
  c.res = storageFailure(c, failure);
};

/**
 * For a stream, which ends later than its handler: stores its entry once, however it ends.
 * @param sent the text that was sent by then
 * @returns to be called at the end, with why it ended early; it resolves to the error of a failed write
 */
export function recordAtEnd(
  c: AppContext,
  status: number,
  sent: () => string,
): (note: string | null) => Promise<GatewayError | null> {
  const inProgress = c.get("inProgress");
  const { journal } = c.get("services");
  let recorded = false;
  c.set("recordsItself", true);
  return async (note) => {
    if (recorded) return null;
    recorded = true;
    if (note !== null) inProgress.notes.push(note);
    inProgress.responseBody = sent();
    return journal.finish(inProgress, status);
  };
}

/** The answer when the journal could not be written. */
function storageFailure(c: AppContext, error: GatewayError): Response {
  return respond(c, errorAnswer(c.get("destination").surface, error, c.get("services").context.settings));
}
