import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import type { Deadlines } from "./deadlines.js";

/** What is left of a request that was answered early is read and thrown away for so many sweeps (Y-70). */
const LINGER_SWEEPS = 5;
/** And up to this size, bytes. */
const LINGER_BYTES = 64 * 1024 * 1024;

/**
 * Closes the connection of an answer that comes before its request has arrived whole, without losing the answer: a
 * socket that is closed with unread bytes resets the connection, and its client, which is still writing, learns of the
 * reset only. So the answer ends, and the rest is thrown away until the client closes, for a bounded time and size
 * (RFC 9112 section 9.6).
 */
export function answerEarly(response: ServerResponse, deadlines: Deadlines): void {
  const { req: request } = response;
  const { socket } = request;
  const { destroySoon } = socket;
  let lingers = false;
  // Node and node-server end connections by it. One that goes on to a next request closes as ever.
  socket.destroySoon = () => {
    if (request.complete || socket.destroyed) {
      destroySoon.call(socket);
      return;
    }
    if (lingers) return;
    lingers = true;
    socket.end();
    linger(socket, deadlines);
    request.once("end", () => destroySoon.call(socket)).resume();
  };
}

/** Lets a socket whose sending side has ended receive for a bounded time and size; its bytes are thrown away. */
export function linger(socket: Socket, deadlines: Deadlines): void {
  const most = socket.bytesRead + LINGER_BYTES;
  deadlines.set(socket, LINGER_SWEEPS, () => socket.bytesRead > most);
}

/** Says `100 Continue` when the body is wanted, instead of at once: a refusal comes without the body. */
export function continueWhenRead(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): void {
  const { _read: read } = request;
  let asked = false;
  request._read = (size) => {
    if (!asked && !response.headersSent) {
      asked = true;
      response.writeContinue();
    }
    read.call(request, size);
  };
}
