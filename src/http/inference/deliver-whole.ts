import { isPaced, paceMs } from "../../domain/completion/style.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import { JSON_TYPE, send } from "../answer.js";
import type { Call } from "../routes.js";
import { storageFailure } from "../settle.js";
import { waitForClient } from "./client.js";
import { turnHeaders } from "./turn.js";

/**
 * Sends a whole answer, at its pace and with its fault. It is booked before it is sent: an acknowledged answer is
 * a stored one (W-8). Who hangs up before is charged the prompt (L-4).
 */
export async function deliverWhole(call: Call, turn: AnsweredChat, encoded: string): Promise<void> {
  const { reply, style, fault } = turn;
  const there = isPaced(style)
    ? await waitForClient(call, durationMs(call, turn), "answer")
    : !call.response.destroyed;
  if (!there) {
    turn.inProgress.notes.push("the connection ended before the answer");
    await close(call, turn, "", 0);
    return;
  }
  const body = fault?.truncated_json ? encoded.slice(0, Math.floor(encoded.length / 2)) : encoded;
  const failure = await close(call, turn, body, reply.usage.completion);
  if (failure) return send(call.request, call.response, storageFailure(call));
  const { response } = call;
  if (response.destroyed) return;
  const length = String(Buffer.byteLength(body));
  response.writeHead(200, turnHeaders(turn, "Content-Type", JSON_TYPE, "Content-Length", length));
  if (fault?.cut) return cutOff(call, body, fault.cut.after_bytes ?? 0);
  // As a string, so that Node sends head and body in one write.
  response.end(body);
}

/** As long as the same answer takes token by token, when its first one comes after the wait for it. */
function durationMs(call: Call, { reply, style }: AnsweredChat): number {
  const jitter = style.jitter_ms ? style.jitter_ms * call.services.context.random.float() : 0;
  return (style.ttft_ms ?? 0) + paceMs(style, Math.max(0, reply.usage.completion - 1)) + jitter;
}

function close(call: Call, turn: AnsweredChat, body: string, completion: number): Promise<Error | null> {
  call.services.chatRecords.answer(turn, completion, body !== "");
  turn.inProgress.responseBody = body;
  return call.services.journal.finish(turn.inProgress, 200);
}

/**
 * The head promises the whole body; after `bytes` of it the connection ends (inference §1.4). The model produced
 * all of it, so all of it is charged (L-4).
 */
function cutOff({ request, response }: Call, body: string, bytes: number): void {
  response.flushHeaders();
  response.write(Buffer.from(body).subarray(0, bytes));
  request.socket.destroySoon();
}
