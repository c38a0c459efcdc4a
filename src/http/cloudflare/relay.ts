import { isUtf8 } from "node:buffer";
import { MAX_CACHED_BYTES } from "../../domain/cloudflare/gateway.js";
import { JOURNAL_BODY_CHARS } from "../../domain/journal.js";
import { send } from "../answer.js";
import type { Outgoing } from "../outgoing.js";
import type { Call } from "../routes.js";
import { storageFailure, traceHeaders } from "../settle.js";

/** Name and value. */
export type Header = readonly [name: string, value: string];

/** A whole 200 as the provider gave it. */
export interface WholeAnswer {
  readonly contentType: string;
  readonly body: Buffer;
}

/** What the gateway adds to the provider's answer, and what it does with it once it is whole. */
export interface RelayOptions {
  readonly headers: readonly Header[];
  /** null: it is not kept. */
  readonly keep: ((answer: WholeAnswer) => void) | null;
}

/** In place of the provider's own, which belong to the request behind the gateway. */
const REPLACED = new Set(["date", "x-emulator-request"]);

/**
 * Passes the provider's answer on to the client as it comes, status and body untouched, with the gateway's headers.
 * The gateway's own journal entry is written before the end is sent: an acknowledged end is a stored one.
 */
export class Relay {
  readonly client: Outgoing;
  readonly #call: Call;
  readonly #options: RelayOptions;
  #status = 0;
  #headers: readonly Header[] = [];
  #headSent = false;
  #over = false;
  #journalled = "";
  #kept: Buffer[] | null = null;
  #keptBytes = 0;

  constructor(call: Call, options: RelayOptions) {
    this.#call = call;
    this.client = call.response;
    this.#options = options;
  }

  get over(): boolean {
    return this.#over;
  }

  begin(status: number, headers: readonly Header[]): void {
    this.#status = status;
    this.#headers = headers;
    // Without a length it is a stream, which is not cached (inference §6).
    if (status === 200 && this.#options.keep && this.#header("content-length") !== null) this.#kept = [];
  }

  flush(): void {
    this.#sendHead();
    this.client.flushHeaders();
  }

  write(chunk: string | Buffer): boolean {
    this.#sendHead();
    this.#take(chunk);
    return this.client.write(chunk);
  }

  async end(chunk: string | Buffer | undefined): Promise<void> {
    this.#over = true;
    if (chunk !== undefined) this.#take(chunk);
    if (this.#kept)
      this.#options.keep?.({
        contentType: this.#header("content-type") ?? "",
        body: Buffer.concat(this.#kept),
      });
    if (await this.#journal()) {
      if (this.#headSent) this.client.destroy();
      else send(this.#call.request, this.client, storageFailure(this.#call));
      return;
    }
    if (this.client.destroyed) return;
    this.#sendHead();
    this.client.end(chunk);
  }

  /** The provider's connection ended in the middle, and so does the client's. */
  async cut(): Promise<void> {
    this.#over = true;
    this.#call.inProgress.notes.push("the provider's connection ended in the middle of its answer");
    await this.#journal();
    this.#call.request.socket.destroySoon();
  }

  /** Nobody listens any more. */
  async gone(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#call.inProgress.notes.push("the client hung up");
    if (this.#status === 0) this.#status = CLIENT_GONE;
    await this.#journal();
  }

  #journal(): Promise<Error | null> {
    const { inProgress, services } = this.#call;
    inProgress.responseBody = this.#journalled;
    return services.journal.finish(inProgress, this.#status);
  }

  #sendHead(): void {
    if (this.#headSent || this.client.destroyed) return;
    this.#headSent = true;
    const own = Object.entries(traceHeaders(this.#call.inProgress));
    const passed = this.#headers.filter(([name]) => !REPLACED.has(name.toLowerCase()));
    this.client.writeHead(this.#status, [...passed, ...this.#options.headers, ...own].flat());
  }

  #take(chunk: string | Buffer): void {
    if (this.#journalled.length < JOURNAL_BODY_CHARS) this.#journalled += journalText(chunk);
    if (!this.#kept) return;
    this.#keptBytes += Buffer.byteLength(chunk);
    if (this.#keptBytes > MAX_CACHED_BYTES) this.#kept = null;
    else this.#kept.push(Buffer.from(chunk));
  }

  #header(wanted: string): string | null {
    return this.#headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
  }
}

function journalText(chunk: string | Buffer): string {
  return typeof chunk === "string" || isUtf8(chunk) ? chunk.toString() : `<${chunk.byteLength} bytes>`;
}

/** What the journal says of a request whose client left before there was a status. */
const CLIENT_GONE = 499;
