import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { GatewayError } from "../domain/errors.js";

/** The client went away before its request was complete: there is nobody to answer. */
export class ClientGone extends Error {}

/**
 * The whole body of a request.
 * @param maxBytes X-13
 * @throws GatewayError `body_too_large`
 * @throws ClientGone
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return reject(tooLarge(maxBytes));
    let first: Buffer | null = null;
    let rest: Buffer[] | null = null;
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) {
        forget();
        reject(tooLarge(maxBytes));
      } else if (!first) first = chunk;
      else if (!rest) rest = [first, chunk];
      else rest.push(chunk);
    };
    const onEnd = (): void => {
      forget();
      resolve(rest ? Buffer.concat(rest) : (first ?? Buffer.alloc(0)));
    };
    const onGone = (): void => {
      forget();
      reject(new ClientGone());
    };
    /** The request lives as long as its answer, which a stream makes long; what was read need not. */
    const forget = (): void => {
      request.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
    };
    request.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
  });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError("body_too_large", {
    hint: `the request body is larger than max_body_bytes, ${maxBytes}`,
  });
}

/**
 * The body as text. Bytes that are not UTF-8 and a content type that is not JSON are told to `refuse`, which
 * throws the surface's own error.
 */
export function jsonText(
  request: Pick<IncomingMessage, "headers">,
  body: Buffer,
  refuse: (problem: string) => never,
): string {
  const type = request.headers["content-type"];
  if (type !== undefined && body.length > 0 && !isJsonType(type)) {
    refuse(`expected Content-Type: application/json, got ${type}`);
  }
  if (!isUtf8(body)) refuse("the body is not valid UTF-8");
  const text = body.toString("utf8");
  if (nestsTooDeep(text)) refuse(`the body is JSON nested more than ${MAX_NESTING} levels deep`);
  return text;
}

/**
 * Deepest nesting of a body; our own choice. Parsing goes deeper, but writing it out again recurses, and a body
 * that breaks that would take what is stored together with it along.
 */
const MAX_NESTING = 500;

function nestsTooDeep(text: string): boolean {
  // It takes an opening and a closing bracket per level, so most bodies need not be looked at.
  if (text.length < 2 * MAX_NESTING) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        inString = !inString;
        break;
      case BACKSLASH:
        if (inString) at++;
        break;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        if (!inString && ++depth > MAX_NESTING) return true;
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        if (!inString) depth--;
        break;
    }
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function isJsonType(type: string): boolean {
  const end = type.indexOf(";");
  const essence = (end < 0 ? type : type.slice(0, end)).trim().toLowerCase();
  return essence === "application/json" || essence.endsWith("+json");
}
