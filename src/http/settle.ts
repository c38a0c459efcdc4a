import { GatewayError } from "../domain/errors.js";
import type { AdmittedChat } from "../services/chat-types.js";
import type { RequestInProgress } from "../services/journal.js";
import { type Answer, send } from "./answer.js";
import { ClientGone } from "./body.js";
import { errorAnswer } from "./errors.js";
import type { Call } from "./routes.js";

/** Answers with what the surface makes of a failure; whatever is not a GatewayError is a defect of ours. */
export async function fail(call: Call, cause: unknown): Promise<void> {
  if (cause instanceof ClientGone) return fail(call, new GatewayError("client_gone"));
  const error = cause instanceof GatewayError ? cause : unexpected(cause);
  call.inProgress.error = error.code;
  // What the emulator says of itself is none of the errors that it emulates.
  if (call.inProgress.surface !== "control") call.emulator.errors.count(error.code);
  call.inProgress.hint = error.hint ?? null;
  const answer = errorAnswer(call.inProgress.surface, error, call.services.context.settings);
  return settle(call, answer);
}

/** The same for a request that was admitted: it counts one REQUEST, unless the gateway refused it (L-4). */
export function failAdmitted(call: Call, admitted: AdmittedChat, cause: unknown): Promise<void> {
  call.services.chatRecords.failure(admitted);
  return fail(call, cause);
}

function unexpected(cause: unknown): GatewayError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new GatewayError("internal", { hint: `a defect of the emulator, please report it: ${text}` });
}

/** Writes the journal entry, then the answer. The emulator's own paths are not journalled. */
export async function settle(call: Call, answer: Answer): Promise<void> {
  const { inProgress, services } = call;
  if (inProgress.surface !== "control") {
    inProgress.responseBody = answer.journalBody ?? answer.body;
    const failure = await services.journal.finish(inProgress, answer.status);
    if (failure) return send(call.request, call.response, storageFailure(call));
  }
  try {
    sendTraced(call, answer);
  } catch (cause) {
    // The entry is written: what cannot be sent is told to the client alone, and not thrown to `fail`.
    sendTraced(call, errorAnswer(inProgress.surface, unexpected(cause), services.context.settings));
  }
}

function sendTraced({ request, response, inProgress }: Call, answer: Answer): void {
  send(request, response, { ...answer, headers: { ...answer.headers, ...traceHeaders(inProgress) } });
}

/** The journal could not be written, so nothing may be acknowledged. */
export function storageFailure(call: Call): Answer {
  return errorAnswer(
    call.inProgress.surface,
    new GatewayError("internal", { hint: "the state file could not be written" }),
    call.services.context.settings,
  );
}

/**
 * What every answer carries: the world's time, and where to read on: the journal entry, and the decision
 * when limits were looked at.
 */
export function traceHeaders(inProgress: RequestInProgress): Record<string, string> {
  const id = String(inProgress.seq);
  return {
    Date: new Date(inProgress.at).toUTCString(),
    "x-emulator-request": id,
    ...(inProgress.decision === null ? {} : { "x-emulator-decision": id }),
  };
}
