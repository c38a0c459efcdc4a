import type { IncomingMessage, ServerResponse } from "node:http";
import type { NodeBindings } from "./connection.js";
import type { TwoProtocolServer } from "./two-protocols.js";

/** A short rest is read and thrown away by Node itself; a long one is not worth the connection. */
const SHORT_BODY_BYTES = 64 * 1024;

/**
 * Says `Connection: close` with an answer that comes before its request has arrived whole: an unread rest would be
 * taken for the next request on this connection. The answer is not lost by it; see `early-answer.ts`.
 */
export function closeAfterUnread(
  answering: Response | Promise<Response>,
  { incoming, outgoing }: NodeBindings,
  server: TwoProtocolServer,
): Response | Promise<Response> {
  // HTTP/2 has streams instead.
  if (incoming.httpVersionMajor !== 1 || !hasUnreadBody(incoming as IncomingMessage)) return answering;
  return Promise.resolve(answering).then((response) => {
    if (incoming.complete || outgoing.headersSent) return response;
    outgoing.setHeader("Connection", "close");
    server.answerEarly(outgoing as ServerResponse);
    return response;
  });
}

/** Whether the body is long, or comes only when the client is told to go on. */
function hasUnreadBody({ headers }: IncomingMessage): boolean {
  return (
    headers["transfer-encoding"] !== undefined ||
    headers.expect !== undefined ||
    Number(headers["content-length"] ?? 0) > SHORT_BODY_BYTES
  );
}
