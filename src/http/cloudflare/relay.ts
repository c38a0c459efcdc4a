import { isUtf8 } from "node:buffer";
import { MAX_CACHED_BYTES } from "../../domain/cloudflare/gateway.js";
import { JOURNAL_BODY_CHARS } from "../../domain/journal.js";
import type { PromisedAnswer } from "../connection.js";
import type { AppContext } from "../env.js";
import { CLIENT_LEFT } from "../inference/stream-source.js";
import { recordAtEnd } from "../middleware/journal.js";
import { streamResponse, wholeResponse } from "../respond.js";

/** The provider's whole answer, with status 200. */
interface WholeAnswer {
  readonly contentType: string;
  readonly body: Buffer;
}

/** What the gateway adds to the provider's answer, and how it caches it. */
export interface RelayOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Caches the answer; null: not cached. */
  readonly keep: ((answer: WholeAnswer) => void) | null;
}

/** The provider's headers that the gateway's own replace. */
const REPLACED = new Set(["date", "x-emulator-request", "content-length"]);

const CUT_NOTE = "the provider's connection ended in the middle of its answer";

export function relayCached(
  c: AppContext,
  { contentType, body }: WholeAnswer,
  headers: RelayOptions["headers"],
): Response {
  c.get("inProgress").responseBody = journalText(body);
  return wholeResponse(c, 200, body, { "Content-Type": contentType, ...headers });
}

/** Passes the provider's answer on, status and body untouched, with the gateway's headers. */
export function relay(
  c: AppContext,
  response: Response,
  provider: PromisedAnswer,
  options: RelayOptions,
): Response | Promise<Response> {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) if (!REPLACED.has(name)) headers[name] = value;
  Object.assign(headers, options.headers);
  const length = response.headers.get("content-length");
  return length === null
    ? relayStream(c, response, provider, headers)
    : relayWhole(c, response, provider, headers, length, options.keep);
}

async function relayWhole(
  c: AppContext,
  response: Response,
  provider: PromisedAnswer,
  headers: Readonly<Record<string, string>>,
  length: string,
  keep: RelayOptions["keep"],
): Promise<Response> {
  const body = Buffer.from(await response.arrayBuffer());
  const inProgress = c.get("inProgress");
  inProgress.responseBody = journalText(body);
  if (provider.cut) {
    inProgress.notes.push(CUT_NOTE);
    c.env.connection.cutAtEnd();
    return wholeResponse(c, response.status, body, { ...headers, "Content-Length": length });
  }
  if (response.status === 200 && body.byteLength <= MAX_CACHED_BYTES) {
    keep?.({ contentType: response.headers.get("content-type") ?? "", body });
  }
  return wholeResponse(c, response.status, body, { ...headers });
}

/** Passes on a stream, which is not cached. Its journal entry is written before its end is sent. */
function relayStream(
  c: AppContext,
  response: Response,
  provider: PromisedAnswer,
  headers: Record<string, string>,
): Response {
  const reader = response.body?.getReader();
  let text = "";
  const record = recordAtEnd(c, response.status, () => text);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await reader?.read();
      if (chunk?.value) {
        if (text.length < JOURNAL_BODY_CHARS) text += journalText(chunk.value);
        controller.enqueue(chunk.value);
        return;
      }
      const failure = await record(provider.cut ? CUT_NOTE : null);
      if (failure || provider.cut) c.env.connection.cutAtEnd();
      controller.close();
    },
    async cancel() {
      const written = record(CLIENT_LEFT);
      await reader?.cancel();
      await written;
    },
  });
  return streamResponse(c, response.status, body, headers);
}

function journalText(chunk: Uint8Array): string {
  return isUtf8(chunk) ? Buffer.from(chunk).toString() : `<${chunk.byteLength} bytes>`;
}
