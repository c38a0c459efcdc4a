import type { Reply } from "../../domain/chat.js";
import type { Chunking } from "../../domain/completion/deltas.js";
import { joinFrames } from "../../domain/completion/stream.js";
import { isPaced, type StreamStyle } from "../../domain/completion/style.js";
import { headOf, JOURNAL_STREAM_CHARS } from "../../domain/journal.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import type { AppContext } from "../env.js";
import { streamResponse } from "../respond.js";
import type { ModelDialect } from "./model-dialect.js";
import { answerHeaders } from "./send-whole.js";
import { CLIENT_LEFT, StreamSource, WORLD_ENDED } from "./stream-source.js";
import { waitForClient } from "./wait.js";

/** Text above this is more, as chunks, than the connection takes at once; characters. */
const LONG_TEXT = 16_384;

/** Bytes of a stream that wait for a client before no more are made. */
const BUFFERED_BYTES = 64 * 1024;
const BUFFERING = {
  highWaterMark: BUFFERED_BYTES,
  size: (chunk: Uint8Array): number => chunk.byteLength,
};

/** Answers as server-sent events: all at once when nothing paces or changes them and they are short, else one by one. */
export async function sendStream(
  c: AppContext,
  answered: AnsweredChat,
  dialect: Pick<ModelDialect, "frames">,
): Promise<Response> {
  const frames = dialect.frames(answered, chunkingOf(c, answered.style), c.get("services").context.settings);
  if (!isPaced(answered.style) && !hasStreamFault(answered) && !isLong(answered.reply)) {
    return sendAtOnce(c, answered, joinFrames(frames));
  }
  c.set("recordsItself", true);
  const source = new StreamSource(c.get("services"), answered, frames, c.env.connection);
  // The head leaves with the first event.
  const ended = await waitForClient(c, source.firstDelayMs, "stream chunk");
  if (ended !== "due") {
    source.abandon(ended === "left" ? CLIENT_LEFT : WORLD_ENDED);
    return new Response(null);
  }
  return eventStream(c, answered, new ReadableStream(source, BUFFERING));
}

/** One chunk in place of one per event; recorded before, so that an acknowledged end is a stored one (W-8, Y-75). */
function sendAtOnce(c: AppContext, answered: AnsweredChat, body: string): Response {
  const { inProgress, reply } = answered;
  const gone = c.env.connection.closed;
  if (gone) inProgress.notes.push("the connection ended before the answer");
  inProgress.responseBody = gone ? "" : headOf(body, JOURNAL_STREAM_CHARS);
  c.get("services").chatRecords.answer(answered, gone ? 0 : reply.usage.completion, !gone);
  return eventStream(c, answered, body);
}

/** I-1.4: exactly this type, no charset; no length, whatever is known of it. */
function eventStream(c: AppContext, answered: AnsweredChat, body: ReadableStream | string): Response {
  const headers = answerHeaders(answered, "text/event-stream");
  headers["Cache-Control"] = "no-cache";
  return streamResponse(c, 200, body, headers);
}

/** Of a long answer, a client that leaves is charged what it was sent (L-4). */
function isLong({ content, reasoning }: Reply): boolean {
  return (content?.length ?? 0) + (reasoning?.length ?? 0) > LONG_TEXT;
}

function hasStreamFault({ fault }: AnsweredChat): boolean {
  return fault !== null && (fault.cut ?? fault.stall ?? fault.malformed_chunk) !== undefined;
}

function chunkingOf(c: AppContext, style: StreamStyle): Chunking {
  const { random } = c.get("services").context;
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
