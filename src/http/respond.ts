import type { RequestInProgress } from "../services/journal.js";
import type { AppContext } from "./env.js";
import { allowReading } from "./middleware/cors.js";

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
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, body: JSON.stringify(body), headers: { "Content-Type": JSON_TYPE, ...headers } };
}

/** Answers with compact JSON. */
export function json(c: AppContext, body: unknown, status = 200): Response {
  return respond(c, jsonAnswer(status, body));
}

/** Answers with a page of a list. @param cursor leads to the next page; null on the last one */
export function jsonPage(
  c: AppContext,
  items: readonly unknown[],
  cursor: string | null = null,
  more: object = {},
): Response {
  return json(c, { items, pagination: { has_more: cursor !== null, cursor }, ...more });
}

/** Makes the response, and notes its body for the journal. */
export function respond(c: AppContext, { status, body, headers, journalBody }: Answer): Response {
  c.get("inProgress").responseBody = journalBody ?? body;
  return wholeResponse(c, status, body, { ...headers });
}

/**
 * A response with a length, all its headers set where it is made: a header that is added to a finished response costs
 * more than the rest of it.
 * @param headers completed with those that every answer has
 */
export function wholeResponse(
  c: AppContext,
  status: number,
  body: string | Buffer,
  headers: Record<string, string>,
): Response {
  const length = Buffer.byteLength(body);
  headers["Content-Length"] ??= String(length);
  return new Response(length === 0 ? null : body, { status, headers: withOwnHeaders(c, headers) });
}

/** A response without a length, in chunks where the connection has them. */
export function streamResponse(
  c: AppContext,
  status: number,
  body: ReadableStream | string,
  headers: Record<string, string>,
): Response {
  if (typeof body === "string") c.env.connection.dropLength(headers);
  if (c.env.connection.chunked) headers["Transfer-Encoding"] = "chunked";
  return new Response(body, { status, headers: withOwnHeaders(c, headers) });
}

/**
 * Adds to the headers of an answer what every answer to the request carries: the world's time, the number of its
 * journal entry, and of its decision when limits were checked.
 */
function withOwnHeaders(c: AppContext, headers: Record<string, string>): Record<string, string> {
  const own = c.get("answerHeaders");
  if (own) addMissing(headers, own);
  const { seq, date, decision, hint }: RequestInProgress = c.get("inProgress");
  const id = String(seq);
  headers.Date = date;
  headers["x-emulator-request"] = id;
  if (decision !== null) headers["x-emulator-decision"] = id;
  if (hint !== null) headers["x-emulator-hint"] ??= oneLine(hint);
  const { corsOrigin } = c.env;
  if (corsOrigin !== undefined) allowReading(headers, corsOrigin);
  return headers;
}

/** Maximum length of a hint in characters, because clients limit the size of headers. */
const MAX_HINT = 600;

/** One line of printable ASCII, as a header must be. */
export function oneLine(text: string): string {
  const line = text.slice(0, MAX_HINT).replace(/[^\x20-\x7e]+/g, "?");
  return text.length > MAX_HINT ? `${line}...` : line;
}

/** Whatever the case of its name, a header of the answer wins. */
function addMissing(headers: Record<string, string>, added: Readonly<Record<string, string>>): void {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(added)) {
    if (!names.has(name.toLowerCase())) headers[name] = value;
  }
}
