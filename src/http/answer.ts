import type { IncomingMessage } from "node:http";
import type { Outgoing } from "./outgoing.js";

/** A whole answer, ready for the wire. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the journal keeps in place of a body that holds a secret. */
  readonly journalBody?: string;
}

export const JSON_TYPE = "application/json";

/** An answer in compact JSON. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: JSON.stringify(body), headers: { "Content-Type": JSON_TYPE, ...headers } };
}

/** Writes an answer. A client that is gone is nobody's error. */
export function send(request: IncomingMessage, response: Outgoing, answer: Answer): void {
  if (response.destroyed || response.headersSent) return;
  // An unread rest of the request would be taken for the next one on this connection.
  const unread = !request.complete && announcesBody(request);
  const { body } = answer;
  const bytes = Buffer.byteLength(body);
  response.writeHead(answer.status, {
    ...answer.headers,
    "Content-Length": bytes,
    ...(unread ? { Connection: "close" } : {}),
  });
  // Node puts head and a string into one write, in the string's encoding; a head is Latin-1, which ASCII fits.
  if (bytes === body.length) response.end(body, "latin1");
  else response.end(Buffer.from(body));
  if (unread) request.resume();
}

/** A short rest is read and thrown away by Node itself; a long one is not worth the connection. */
const SHORT_BODY_BYTES = 64 * 1024;

function announcesBody({ headers }: IncomingMessage): boolean {
  return (
    headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > SHORT_BODY_BYTES
  );
}
