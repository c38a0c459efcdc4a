import { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { encodingOf, type Outgoing } from "./outgoing.js";

/**
 * Begins an answer that comes in chunks. The head leaves with the first chunk if that is written at once. Flushed
 * alone it becomes one string; as Node leaves it, its sixty pieces live as long as the stream.
 */
export function beginChunks(response: Outgoing, status: number, headers: string[]): void {
  response.writeHead(status, headers);
  if (response instanceof ServerResponse && response.socket) gather(response.socket);
  response.flushHeaders();
}

/**
 * Writes one chunk of an answer whose head is out. Node makes four buffers of a chunk and joins them again; where
 * nothing else waits, this writes the same bytes (RFC 9112 section 7.1) as one.
 */
export function writeChunk(response: Outgoing, chunk: string): void {
  const socket = isChunked(response) ? response.socket : null;
  // What waits is for Node to count: it tells when the client has caught up.
  if (socket === null || socket.writableLength > 0) {
    response.write(chunk);
    return;
  }
  const bytes = Buffer.byteLength(chunk);
  gather(socket);
  socket.write(`${bytes.toString(16)}\r\n${chunk}\r\n`, encodingOf(chunk, bytes));
}

/**
 * Holds back what is written until all that is due now has been written: to wake the clients of many streams in
 * one go takes half the time of waking them one by one, between the work of each.
 */
function gather(socket: Socket): void {
  socket.cork();
  process.nextTick(release, socket);
}

function release(socket: Socket): void {
  socket.uncork();
}

function isChunked(response: Outgoing): response is ServerResponse {
  return response instanceof ServerResponse && response.chunkedEncoding;
}
