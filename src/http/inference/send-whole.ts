import { isPaced, paceMs } from "../../domain/completion/style.js";
import { NO_HEADERS } from "../../services/chat.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import type { AppContext } from "../env.js";
import { JSON_TYPE, wholeResponse } from "../respond.js";
import { modelServerHeaders } from "./headers.js";
import { waitForClient } from "./wait.js";

/** Headers of an answer from behind the gateway (I-1.5, L-13). */
export function answerHeaders(answered: AnsweredChat, contentType: string): Record<string, string> {
  const { inProgress, requestId, modelId, limitHeaders } = answered;
  const headers = modelServerHeaders({ acceptedAt: inProgress.at, requestId, modelId });
  headers["Content-Type"] = contentType;
  return limitHeaders === NO_HEADERS ? headers : Object.assign(headers, limitHeaders);
}

/**
 * Answers whole, at the style's pace and with the fault. It is recorded before it is sent: an acknowledged answer is a
 * stored one (W-8). A client that leaves before is charged the prompt (L-4).
 */
export async function sendWhole(c: AppContext, answered: AnsweredChat, encoded: string): Promise<Response> {
  const { inProgress, reply, style, fault } = answered;
  const { chatRecords } = c.get("services");
  const there = isPaced(style)
    ? (await waitForClient(c, durationMs(c, answered), "answer")) === "due"
    : !c.env.connection.closed;
  if (!there) {
    inProgress.notes.push("the connection ended before the answer");
    inProgress.responseBody = "";
    chatRecords.answer(answered, 0, false);
    return new Response(null);
  }
  const body = fault?.truncated_json ? encoded.slice(0, Math.floor(encoded.length / 2)) : encoded;
  inProgress.responseBody = body;
  chatRecords.answer(answered, reply.usage.completion, body !== "");
  const headers = answerHeaders(answered, JSON_TYPE);
  return fault?.cut
    ? cutResponse(c, body, fault.cut.after_bytes ?? 0, headers)
    : wholeResponse(c, 200, body, headers);
}

/**
 * The head promises the whole body; after `bytes` of it the connection ends (I-1.4). The model produced all of it, so
 * all of it is charged (L-4).
 */
export function cutResponse(
  c: AppContext,
  body: string | Buffer,
  bytes: number,
  headers: Readonly<Record<string, string>>,
  status = 200,
): Response {
  c.env.connection.cutAtEnd();
  const sent = Buffer.from(body).subarray(0, bytes);
  const promised = { ...headers, "Content-Length": String(Buffer.byteLength(body)) };
  return wholeResponse(c, status, sent, promised);
}

/** As long as the same answer takes token by token, when its first one comes after the wait for it. */
function durationMs(c: AppContext, { reply, style }: AnsweredChat): number {
  const jitter = style.jitter_ms ? style.jitter_ms * c.get("services").context.random.float() : 0;
  return (style.ttft_ms ?? 0) + paceMs(style, Math.max(0, reply.usage.completion - 1)) + jitter;
}
