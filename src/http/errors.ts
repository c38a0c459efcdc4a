import { errorMessage } from "../domain/error-message.js";
import { GatewayError } from "../domain/errors.js";
import { withoutKeys } from "../domain/hidden-keys.js";
import type { Surface } from "../domain/journal.js";
import type { Settings } from "../domain/settings.js";
import { storageFailure, storageFault } from "../domain/storage-error.js";
import { cloudflareError } from "./cloudflare/errors.js";
import { dedicatedError } from "./dedicated/errors.js";
import type { AppContext } from "./env.js";
import { inferenceError } from "./inference/errors.js";
import { managementError } from "./management/errors.js";
import { checkHeaders } from "./node/header-text.js";
import { type Answer, oneLine, respond } from "./respond.js";

/** Answers an error in the surface's dialect. Anything but a GatewayError, or a failure of the storage, is a defect. */
export function respondError(c: AppContext, cause: unknown): Response {
  const { isKey } = c.get("services").access;
  // Messages may repeat what the caller sent.
  const error = (cause instanceof GatewayError ? cause : defect(cause)).reworded((text) =>
    withoutKeys(text, isKey),
  );
  const inProgress = c.get("inProgress");
  const { surface } = c.get("destination");
  inProgress.error = error.code;
  inProgress.hint = error.hint ?? null;
  // Control-plane errors are not counted: they are the emulator's own.
  if (surface !== "control") c.get("emulator").errors.count(error.code);
  const { settings } = c.get("services").context;
  try {
    const answer = errorAnswer(surface, error, settings);
    checkHeaders(answer.headers);
    return respond(c, answer);
  } catch (unsendable) {
    return respond(c, errorAnswer(surface, defect(unsendable), settings));
  }
}

function defect(cause: unknown): GatewayError {
  if (storageFault(cause)) return storageFailure(cause);
  return new GatewayError("internal", {
    hint: `a defect of the emulator, please report it: ${errorMessage(cause)}`,
  });
}

/** What an error looks like on each surface. */
const DIALECTS: Readonly<Record<Surface, (error: GatewayError, settings: Settings) => Answer>> = {
  inference: inferenceError,
  dedicated: dedicatedError,
  cloudflare: cloudflareError,
  management: managementError,
  control: managementError,
};

/**
 * The only place that turns an error code into status, headers and bytes, in the dialect of the surface. Hints are in
 * `x-emulator-*` headers, never in a body.
 */
export function errorAnswer(surface: Surface, error: GatewayError, settings: Settings): Answer {
  const answer = DIALECTS[surface](error, settings);
  const hint = error.hint === undefined ? {} : { "x-emulator-hint": oneLine(error.hint) };
  const wanted = error.code === "rate_limited" ? settings.rateLimitedError?.headers : undefined;
  return { ...answer, headers: mergeHeaders(answer.headers, error.headers, wanted, hint) };
}

/** Later headers win; names ignore case. */
function mergeHeaders(...sets: (Readonly<Record<string, string>> | undefined)[]): Record<string, string> {
  const merged = new Map<string, [name: string, value: string]>();
  for (const set of sets) {
    for (const [name, value] of Object.entries(set ?? {})) merged.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(merged.values());
}
