import type { ChatRequest } from "../../domain/chat.js";
import { GatewayError } from "../../domain/errors.js";
import { faultError } from "../../domain/faults.js";
import type { AdmittedChat, AnsweredChat } from "../../services/chat-types.js";
import type { Forwarding } from "../../services/forward.js";
import type { StyledReply } from "../../services/replies.js";
import type { AppContext } from "../env.js";
import { readGatewayRequest } from "./chat-input.js";
import type { ModelDialect } from "./model-dialect.js";
import { sendStream } from "./send-stream.js";
import { sendWhole } from "./send-whole.js";
import { waitForClient, whileClientWaits } from "./wait.js";

/**
 * Answers a request to a model: body, key, slug, limits, fault, values, then the answer. Whichever way it ends,
 * `chatRecords` is told once what it counts (L-4).
 * @throws GatewayError
 */
export async function serveModel(c: AppContext, dialect: ModelDialect): Promise<Response> {
  const { chat, chatRecords, context, replies } = c.get("services");
  let admitted: AdmittedChat;
  /** Kept for a rule that forwards alone: what a request keeps while it waits is held small. */
  let forwarded: Forwarding["body"];
  try {
    const input = await readGatewayRequest(c);
    dialect.preflight?.(c, input);
    const parsed = dialect.parse(input.envelope, context.settings);
    admitted = dialect.admit
      ? dialect.admit(c, input, parsed)
      : chat.admit(c.get("inProgress"), input, parsed);
    if (admitted.rule?.forward) forwarded = parsed.body;
  } catch (cause) {
    throw inDialect(cause, dialect);
  }
  const { fault, request, rule } = admitted;
  if (fault?.delay_ms && (await waitForClient(c, fault.delay_ms, "delayed answer")) !== "due") {
    return disconnected(c, admitted);
  }
  if (fault?.reset) return reset(c, admitted);
  const error = fault ? faultError(fault) : null;
  if (error || !request) {
    chatRecords.failure(admitted);
    throw error ?? new GatewayError("internal");
  }
  let answered: AnsweredChat;
  try {
    const styled = rule?.forward
      ? whileClientWaits(c, async (signal) =>
          replies.answer(admitted, request, { body: forwarded, loop: c.req.header("CDN-Loop"), signal }),
        )
      : replies.answer(admitted, request);
    // Echoed and canned answers are there at once.
    answered = answeredChat(admitted, request, styled instanceof Promise ? await styled : styled);
  } catch (cause) {
    if (cause instanceof GatewayError && cause.code === "client_gone") return disconnected(c, admitted);
    chatRecords.failure(admitted);
    throw inDialect(cause, dialect, admitted);
  }
  return request.stream ? sendStream(c, answered, dialect) : sendWhole(c, answered, dialect.encode(answered));
}

/** Spelt out: this is made for every request, and spreading costs more than all of it. */
function answeredChat(
  admitted: AdmittedChat,
  request: ChatRequest,
  { reply, style }: StyledReply,
): AnsweredChat {
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
function disconnected(c: AppContext, admitted: AdmittedChat): never {
  c.get("services").chatRecords.disconnect(admitted);
  throw new GatewayError("client_gone");
}

/** No answer at all: the connection is reset. It counts as a failure before any output (L-4, W-7). */
function reset(c: AppContext, admitted: AdmittedChat): never {
  c.env.connection.reset();
  c.get("services").chatRecords.failure(admitted);
  throw new GatewayError("client_gone", { hint: "the connection was reset by a fault" });
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
