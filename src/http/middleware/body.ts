import { isUtf8 } from "node:buffer";
import { GatewayError } from "../../domain/errors.js";
import type { AppContext } from "../env.js";
import { JSON_TYPE } from "../respond.js";

/**
 * The whole body of a request.
 * @param maxBodyBytes the world's `max_body_bytes` when absent
 * @throws GatewayError `body_too_large` above that; `encoded_body` (Y-73); `client_gone` when the client leaves before its end
 */
export async function readBody(
  c: AppContext,
  maxBodyBytes = c.get("services").context.settings.maxBodyBytes,
): Promise<Buffer> {
  const encoding = c.req.header("Content-Encoding");
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") throw encoded(encoding);
  const announced = c.req.header("Content-Length");
  if (Number(announced ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  try {
    // A body with a length cannot be longer than it says.
    return announced === undefined
      ? await readUpTo(c.req.raw.body, maxBodyBytes)
      : Buffer.from(await c.req.raw.arrayBuffer());
  } catch (cause) {
    throw cause instanceof GatewayError ? cause : new GatewayError("client_gone");
  }
}

/** Refused before a byte of it is read, so that what a small body decodes to never takes memory. */
function encoded(encoding: string): GatewayError {
  return new GatewayError("encoded_body", {
    hint: `the request body has Content-Encoding: ${encoding.slice(0, 40)}; bodies are read as they are sent: send it uncompressed`,
    headers: { "Accept-Encoding": "identity" },
  });
}

async function readUpTo(body: Request["body"], maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError("body_too_large", {
    hint: `the request body is larger than max_body_bytes, ${maxBytes}`,
  });
}

/**
 * The body as text.
 * @param refuse throws the surface's error: the type is not JSON, the bytes are not UTF-8, or the nesting is too deep
 */
export function jsonText(type: string | undefined, body: Buffer, refuse: (problem: string) => never): string {
  if (type !== undefined && body.length > 0 && !isJsonType(type)) {
    refuse(`expected Content-Type: ${JSON_TYPE}, got ${type}`);
  }
  if (!isUtf8(body)) refuse("the body is not valid UTF-8");
  const text = body.toString("utf8");
  if (nestsTooDeep(text)) refuse(`the body is JSON nested more than ${MAX_NESTING} levels deep`);
  return text;
}

/**
 * Deepest nesting of a body; our own choice. Parsing goes deeper, but writing it out again recurses. A body that
 * breaks that would also break the transaction it is stored in.
 */
const MAX_NESTING = 500;

function nestsTooDeep(text: string): boolean {
  // A level needs two brackets, so most bodies are too short to check.
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

/** A media type in lower case, without its parameters. */
export function essenceOf(type: string): string {
  const end = type.indexOf(";");
  return (end < 0 ? type : type.slice(0, end)).trim().toLowerCase();
}

export function isJsonType(type: string): boolean {
  const essence = essenceOf(type);
  return essence === JSON_TYPE || essence.endsWith("+json");
}
