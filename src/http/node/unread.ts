import type { IncomingMessage } from "node:http";
import type { NodeBindings } from "./connection.js";

/** A short rest is read and thrown away by Node itself; a long one is not worth the connection. */
const SHORT_BODY_BYTES = 64 * 1024;

/**
 * Says `Connection: close` with an answer that comes before its request has arrived whole: an unread rest would be
 * taken for the next request on this connection.
 */
export function closeAfterUnread(
  answering: Response | Promise<Response>,
  { incoming, outgoing }: NodeBindings,
): Response | Promise<Response> {
  // HTTP/2 has streams instead.
  if (incoming.httpVersionMajor !== 1 || !announcesBody(incoming as IncomingMessage)) return answering;
  return Promise.resolve(answering).then((response) => {
    if (!incoming.complete && !outgoing.headersSent) outgoing.setHeader("Connection", "close");
    return response;
  });
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return (
    headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > SHORT_BODY_BYTES
  );
}
