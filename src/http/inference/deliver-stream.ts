import type { Reply } from "../../domain/chat.js";
import type { Chunking } from "../../domain/completion/deltas.js";
import { joinFrames } from "../../domain/completion/stream.js";
import { isPaced, type StreamStyle } from "../../domain/completion/style.js";
import { JOURNAL_STREAM_CHARS } from "../../domain/journal.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import { send } from "../answer.js";
import { encodingOf } from "../outgoing.js";
import type { Call } from "../routes.js";
import { storageFailure } from "../settle.js";
import type { ModelDialect } from "./model-route.js";
import { StreamSender } from "./stream-sender.js";
import { turnHeaders } from "./turn.js";

/** inference §1.4: exactly this type, no charset. */
export const STREAM_HEADERS = ["Content-Type", "text/event-stream", "Cache-Control", "no-cache"] as const;

/** Text above this is more, as chunks, than the connection takes at once; characters. */
const LONG_TEXT = 16_384;

/** Sends a streamed answer: all at once when nothing paces or disturbs it and it is short, else chunk by chunk. */
export function deliverStream(call: Call, turn: AnsweredChat, dialect: ModelDialect): Promise<void> {
  const { context } = call.services;
  const frames = dialect.frames(turn, chunkingOf(call, turn.style), context.settings);
  if (isPaced(turn.style) || disturbed(turn) || isLong(turn.reply))
    return new StreamSender(call, turn, frames).run();
  return sendAtOnce(call, turn, joinFrames(frames));
}

/** One write instead of one per chunk; booked before, so that an acknowledged end is a stored one (W-8). */
async function sendAtOnce(call: Call, turn: AnsweredChat, body: string): Promise<void> {
  const { response } = call;
  const gone = response.destroyed;
  if (gone) turn.inProgress.notes.push("the connection ended before the answer");
  const completion = gone ? 0 : turn.reply.usage.completion;
  const { chatRecords, journal } = call.services;
  chatRecords.answer(turn, completion, !gone);
  turn.inProgress.responseBody = gone ? "" : body.slice(0, JOURNAL_STREAM_CHARS);
  const failure = await journal.finish(turn.inProgress, 200);
  if (failure) return send(call.request, response, storageFailure(call));
  if (response.destroyed) return;
  response.writeHead(200, turnHeaders(turn, ...STREAM_HEADERS));
  response.end(body, encodingOf(body, Buffer.byteLength(body)));
}

/** Of a long answer, a client that leaves is charged what it was sent (L-4). */
function isLong({ content, reasoning }: Reply): boolean {
  return (content?.length ?? 0) + (reasoning?.length ?? 0) > LONG_TEXT;
}

function disturbed({ fault }: AnsweredChat): boolean {
  return fault !== null && (fault.cut ?? fault.stall ?? fault.malformed_chunk) !== undefined;
}

function chunkingOf(call: Call, style: StreamStyle): Chunking {
  const { random } = call.services.context;
  return {
    tokensPerChunk: style.chunk_tokens ?? 1,
    charactersPerChunk: style.chunk_characters,
    pieces: style.chunks,
    toolDeltas:
      style.tool_deltas === "new-id-per-delta"
        ? { style: "new-id-per-delta", ids: { hex32: () => random.hex(32) } }
        : { style: style.tool_deltas ?? "whole" },
  };
}
