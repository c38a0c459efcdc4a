import { isPaced, tokenIntervalMs } from "../../domain/completion/style.js";
import type { ChatTurn } from "../../services/turns.js";
import { type Answer, JSON_TYPE, send } from "../answer.js";
import type { Call } from "../routes.js";
import { storageFailure } from "../settle.js";
import { waitForClient } from "./client.js";
import { turnHeaders } from "./turn.js";

/**
 * Sends a whole answer, at its pace and with its fault. It is booked before it is sent: an acknowledged answer is
 * a stored one (W-8).
 */
export async function deliverWhole(call: Call, turn: ChatTurn, encoded: string): Promise<void> {
  const { reply, style, fault } = turn;
  if (isPaced(style)) {
    const jitter = (style.jitter_ms ?? 0) * call.services.kernel.random.float();
    const ms = (style.ttft_ms ?? 0) + reply.usage.completion * tokenIntervalMs(style) + jitter;
    if (!(await waitForClient(call, ms, "answer"))) {
      turn.exchange.notes.push("the client hung up before the answer");
      await close(call, turn, "", 0);
      return;
    }
  }
  const body = fault?.truncated_json ? encoded.slice(0, Math.floor(encoded.length / 2)) : encoded;
  const failure = await close(call, turn, body, reply.usage.completion);
  if (failure) return send(call.request, call.response, storageFailure(call));
  const answer = { status: 200, body, headers: { "Content-Type": JSON_TYPE, ...turnHeaders(turn) } };
  if (fault?.cut) return cutOff(call, answer, fault.cut.after_bytes ?? 0);
  send(call.request, call.response, answer);
}

function close(call: Call, turn: ChatTurn, body: string, completion: number): Promise<Error | null> {
  return new Promise((resolve) => call.services.chat.close(turn, 200, body, completion, resolve));
}

/** The head promises the whole body; after `bytes` of it the connection ends (inference §1.4). */
function cutOff({ request, response }: Call, answer: Answer, bytes: number): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, "Content-Length": body.length });
  response.write(body.subarray(0, bytes), () => request.socket.end());
}
