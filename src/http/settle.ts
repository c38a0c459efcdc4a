import { GatewayError } from "../domain/errors.js";
import type { LedgerEntry } from "../domain/journal.js";
import type { Exchange } from "../services/journal.js";
import type { AdmittedChat } from "../services/turns.js";
import { type Answer, send } from "./answer.js";
import { ClientGone } from "./body.js";
import { errorAnswer } from "./errors.js";
import type { Call } from "./routes.js";

/** Answers with what the surface makes of a failure; whatever is not a GatewayError is a defect of ours. */
export async function fail(call: Call, cause: unknown, ledger: LedgerEntry | null = null): Promise<void> {
  if (cause instanceof ClientGone) return fail(call, new GatewayError("client_gone"), ledger);
  const error = cause instanceof GatewayError ? cause : unexpected(cause);
  call.exchange.error = error.code;
  // What the emulator says of itself is none of the errors that it emulates.
  if (call.exchange.surface !== "control") call.emulator.errors.count(error.code);
  call.exchange.hint = error.hint ?? null;
  const answer = errorAnswer(call.exchange.surface, error, call.services.kernel.settings);
  return settle(call, answer, ledger);
}

/** The same for a request that was admitted: it counts one REQUEST, unless the gateway refused it (L-4). */
export function failAdmitted(call: Call, admitted: AdmittedChat, cause: unknown): Promise<void> {
  return fail(call, cause, call.services.chat.failed(admitted));
}

function unexpected(cause: unknown): GatewayError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new GatewayError("internal", { hint: `a defect of the emulator, please report it: ${text}` });
}

/** Writes the journal entry, then the answer. The emulator's own paths are not journalled. */
export async function settle(call: Call, answer: Answer, ledger: LedgerEntry | null = null): Promise<void> {
  const { exchange, services } = call;
  if (exchange.surface !== "control") {
    const failure = await new Promise<Error | null>((resolve) =>
      services.journal.finish(exchange, answer.status, answer.journalBody ?? answer.body, ledger, resolve),
    );
    if (failure) return send(call.request, call.response, storageFailure(call));
  }
  try {
    sendTraced(call, answer);
  } catch (cause) {
    // The entry is written: what cannot be sent is told to the client alone, and not thrown to `fail`.
    sendTraced(call, errorAnswer(exchange.surface, unexpected(cause), services.kernel.settings));
  }
}

function sendTraced({ request, response, exchange }: Call, answer: Answer): void {
  send(request, response, { ...answer, headers: { ...answer.headers, ...traceHeaders(exchange) } });
}

/** The journal could not be written, so nothing may be acknowledged. */
export function storageFailure(call: Call): Answer {
  return errorAnswer(
    call.exchange.surface,
    new GatewayError("internal", { hint: "the state file could not be written" }),
    call.services.kernel.settings,
  );
}

/**
 * What every answer carries: the world's time, and where to read on: the journal entry, and the decision
 * when limits were looked at.
 */
export function traceHeaders(exchange: Exchange): Record<string, string> {
  const id = String(exchange.seq);
  return {
    Date: new Date(exchange.at).toUTCString(),
    "x-emulator-request": id,
    ...(exchange.decision === null ? {} : { "x-emulator-decision": id }),
  };
}
