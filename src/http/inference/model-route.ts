import type { ChatRequest } from "../../domain/chat.js";
import type { Chunking } from "../../domain/completion/deltas.js";
import type { StreamFrame } from "../../domain/completion/stream.js";
import { GatewayError } from "../../domain/errors.js";
import { faultError } from "../../domain/faults.js";
import type { Settings } from "../../domain/settings.js";
import type { AdmittedChat, AnsweredChat, ParsedChat } from "../../services/chat-types.js";
import type { Forwarding } from "../../services/forward.js";
import type { StyledReply } from "../../services/replies.js";
import type { Call, Route } from "../routes.js";
import { fail, failAdmitted } from "../settle.js";
import type { ChatEnvelope } from "./chat-request.js";
import { waitForClient, watchClient } from "./client.js";
import { deliverStream } from "./deliver-stream.js";
import { deliverWhole } from "./deliver-whole.js";
import { type GatewayRequest, readGatewayRequest } from "./turn.js";

/** What sets one way of talking to a model apart from another. */
export interface ModelDialect {
  /** More for the gateway to look at before the key. @throws GatewayError */
  readonly preflight?: (call: Call, arrival: GatewayRequest) => void;
  /** Who may ask, and for what; the gateway's key, slug and limits when absent. @throws GatewayError */
  readonly admit?: (call: Call, arrival: GatewayRequest, parsed: ParsedChat) => AdmittedChat;
  /** The code of what the model server refuses, which names its envelope; `invalid_value` when absent. */
  readonly refusal?: "messages_invalid_value";
  /** The model server's check of the values; with the client's body when that is one of OpenAI's. */
  parse(envelope: ChatEnvelope, settings: Settings): ParsedChat & Pick<Forwarding, "body">;
  /** The body of a whole answer. */
  encode(turn: AnsweredChat): string;
  /** The events of a stream, in order. */
  frames(turn: AnsweredChat, chunking: Chunking, settings: Settings): Iterable<StreamFrame>;
}

/** A route that asks a model, over one pipeline: body, key, slug, limits, fault, values, answer, ledger. */
export function modelRoute(path: string, dialect: ModelDialect): Route {
  return { surface: "inference", method: "POST", path, raw: (call) => serveModel(call, dialect) };
}

/** Answers a request to a model, failures included. */
export async function serveModel(call: Call, dialect: ModelDialect): Promise<void> {
  let admitted: AdmittedChat;
  /** Kept for a rule that forwards alone: what a request keeps while it waits is held small. */
  let forwarded: Forwarding["body"];
  try {
    const arrival = await readGatewayRequest(call);
    dialect.preflight?.(call, arrival);
    const parsed = dialect.parse(arrival.envelope, call.services.context.settings);
    admitted = dialect.admit
      ? dialect.admit(call, arrival, parsed)
      : call.services.chat.admit(call.inProgress, arrival, parsed);
    if (admitted.rule?.forward) forwarded = parsed.body;
  } catch (cause) {
    return fail(call, inDialect(cause, dialect));
  }
  const { fault, request } = admitted;
  if (fault?.delay_ms && !(await waitForClient(call, fault.delay_ms, "delayed answer"))) {
    return leftBefore(call, admitted);
  }
  if (fault?.reset) return reset(call, admitted);
  const error = fault ? faultError(fault) : null;
  if (error || !request) return failAdmitted(call, admitted, error ?? new GatewayError("internal"));
  let turn: AnsweredChat;
  try {
    const answer = admitted.rule?.forward
      ? forward(call, admitted, request, forwarded)
      : call.services.chat.answer(admitted, request);
    turn = turnOf(admitted, request, answer instanceof Promise ? await answer : answer);
  } catch (cause) {
    if (cause instanceof GatewayError && cause.code === "client_gone") return leftBefore(call, admitted);
    return failAdmitted(call, admitted, inDialect(cause, dialect, admitted));
  }
  if (request.stream) return deliverStream(call, turn, dialect);
  return deliverWhole(call, turn, dialect.encode(turn));
}

/** A real server's answer, for as long as the client waits for it. @throws GatewayError */
async function forward(
  call: Call,
  admitted: AdmittedChat,
  request: ChatRequest,
  body: Forwarding["body"],
): Promise<StyledReply> {
  const client = watchClient(call);
  try {
    return await call.services.chat.answer(admitted, request, { body, signal: client.signal });
  } finally {
    client.stop();
  }
}

/** Spelt out: this is made for every request, and spreading costs more than all of it. */
function turnOf(admitted: AdmittedChat, request: ChatRequest, { reply, style }: StyledReply): AnsweredChat {
  const { inProgress, subject, overrides, rule, fault, requestId, modelId, account, limitHeaders } = admitted;
  return {
    inProgress,
    subject,
    overrides,
    rule,
    fault,
    requestId,
    modelId,
    account,
    limitHeaders,
    request,
    reply,
    style,
  };
}

/** The client left before the first byte: the prompt was read all the same (Y-20). */
function leftBefore(call: Call, admitted: AdmittedChat): Promise<void> {
  call.services.chatRecords.disconnect(admitted);
  return fail(call, new GatewayError("client_gone"));
}

/**
 * What the model server refuses, in the dialect's own envelope.
 * @param admitted the request, when it got as far as the model server
 */
function inDialect(cause: unknown, { refusal }: ModelDialect, admitted?: AdmittedChat): unknown {
  if (!(cause instanceof GatewayError)) return cause;
  if (cause.code !== "invalid_value" && cause.code !== "unmatched") return cause;
  const served = admitted && {
    acceptedAt: admitted.inProgress.at,
    requestId: admitted.requestId,
    modelId: admitted.modelId,
  };
  return cause.as(refusal ?? cause.code, cause.served ?? served);
}

/** No answer at all: the connection is reset. Booked as a failure before any output (L-4, W-7). */
async function reset(call: Call, admitted: AdmittedChat): Promise<void> {
  call.request.socket.resetAndDestroy();
  return failAdmitted(
    call,
    admitted,
    new GatewayError("client_gone", { hint: "the connection was reset by a fault" }),
  );
}
