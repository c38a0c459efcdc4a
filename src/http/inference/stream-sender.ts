import type { StreamFrame } from "../../domain/completion/stream.js";
import { tokenIntervalMs } from "../../domain/completion/style.js";
import { JOURNAL_BODY_CHARS } from "../../domain/journal.js";
import type { ChatTurn } from "../../services/turns.js";
import type { Call } from "../routes.js";
import { STREAM_HEADERS } from "./deliver-stream.js";
import { turnHeaders } from "./turn.js";

/**
 * Sends a stream chunk by chunk on the world's clock, with what a fault does to it. However it ends (whole, cut,
 * or because the client hung up), it is booked once, with the tokens sent so far (L-4).
 */
export class StreamSender {
  readonly #call: Call;
  readonly #turn: ChatTurn;
  readonly #frames: Iterator<StreamFrame>;
  readonly #interval: number;
  #next: StreamFrame | undefined;
  /** When the next token is due by the pace alone; jitter delays a chunk, but not those after it. */
  #due: number;
  #lastAt = 0;
  #cancel: () => void = () => {};
  #chunks = 0;
  #bytes = 0;
  #tokens = 0;
  #body = "";
  #stalled = false;
  #over = false;
  #finished: () => void = () => {};

  constructor(call: Call, turn: ChatTurn, frames: Iterable<StreamFrame>) {
    this.#call = call;
    this.#turn = turn;
    this.#frames = frames[Symbol.iterator]();
    this.#interval = tokenIntervalMs(turn.style);
    this.#due = call.services.kernel.clock.now() + (turn.style.ttft_ms ?? 0);
  }

  /** Resolves when the stream is over and booked. */
  run(): Promise<void> {
    const { response } = this.#call;
    return new Promise((resolve) => {
      this.#finished = resolve;
      response.once("close", () => this.#abandon());
      this.#next = this.#pull();
      this.#waitUntilDue();
    });
  }

  #pull(): StreamFrame | undefined {
    const result = this.#frames.next();
    return result.done ? undefined : result.value;
  }

  #waitUntilDue(): void {
    const { kernel } = this.#call.services;
    const jitter = this.#turn.style.jitter_ms ? this.#turn.style.jitter_ms * kernel.random.float() : 0;
    // Whole milliseconds, as the clock counts; rounding up never sends early.
    this.#lastAt = Math.max(this.#lastAt, Math.ceil(this.#due + jitter));
    this.#schedule(this.#lastAt);
  }

  #schedule(at: number): void {
    this.#cancel = this.#call.services.kernel.clock.schedule(
      at,
      "stream chunk",
      () => this.#tick(),
      () => this.#call.request.socket.destroy(),
    );
  }

  /** Sends what is due; the clock waits for what this returns. */
  #tick(): void | Promise<void> {
    while (!this.#over && this.#next) {
      const frame = this.#next;
      if (this.#cutsBefore(frame)) return this.#cut(frame);
      if (this.#stallsNow()) return;
      this.#next = this.#pull();
      if (!this.#next) return this.#end(frame);
      this.#write(frame);
      const tokens = this.#next.completionTokens - frame.completionTokens;
      if (tokens > 0 && this.#interval > 0) {
        this.#due += tokens * this.#interval;
        return this.#waitUntilDue();
      }
      if (this.#call.response.writableNeedDrain) {
        this.#call.response.once("drain", () => void this.#tick());
        return;
      }
    }
  }

  #write(frame: StreamFrame): void {
    const { response } = this.#call;
    this.#head();
    this.#chunks++;
    const data = this.#turn.fault?.malformed_chunk === this.#chunks ? malformed(frame.data) : frame.data;
    this.#bytes += Buffer.byteLength(data);
    this.#tokens = frame.completionTokens;
    if (this.#body.length < JOURNAL_BODY_CHARS) this.#body += data;
    response.write(data);
  }

  #head(): void {
    const { response } = this.#call;
    if (!response.headersSent) response.writeHead(200, { ...STREAM_HEADERS, ...turnHeaders(this.#turn) });
  }

  /** The last frame waits for the books: an acknowledged end is a stored one (W-8). */
  async #end(frame: StreamFrame): Promise<void> {
    this.#over = true;
    const { response } = this.#call;
    const failure = await this.#book(frame.completionTokens, this.#body + frame.data);
    if (failure) response.destroy();
    else {
      this.#head();
      response.end(frame.data);
    }
    this.#finished();
  }

  #cutsBefore(frame: StreamFrame): boolean {
    const cut = this.#turn.fault?.cut;
    if (!cut) return false;
    if (cut.after_chunks !== undefined && this.#chunks >= cut.after_chunks) return true;
    return cut.after_bytes !== undefined && this.#bytes + Buffer.byteLength(frame.data) > cut.after_bytes;
  }

  /** The connection just ends: no error event, no `[DONE]` (inference §1.4). */
  async #cut(frame: StreamFrame): Promise<void> {
    this.#over = true;
    const { request, response } = this.#call;
    this.#turn.exchange.notes.push(`cut after ${this.#chunks} chunks`);
    await this.#book(this.#tokens, this.#body);
    this.#head();
    const rest = (this.#turn.fault?.cut?.after_bytes ?? this.#bytes) - this.#bytes;
    if (rest > 0) response.write(Buffer.from(frame.data).subarray(0, rest));
    response.write("", () => request.socket.end());
    if (rest <= 0) {
      response.flushHeaders();
      request.socket.end();
    }
    this.#finished();
  }

  /** Nothing comes, for a time or until the client gives up. */
  #stallsNow(): boolean {
    const stall = this.#turn.fault?.stall;
    if (!stall || this.#stalled || this.#chunks < stall.after_chunks) return false;
    this.#stalled = true;
    this.#head();
    this.#call.response.flushHeaders();
    if (stall.for_ms !== undefined) {
      const { clock } = this.#call.services.kernel;
      this.#due = Math.max(this.#due, clock.now() + stall.for_ms);
      this.#schedule(clock.now() + stall.for_ms);
    }
    return true;
  }

  /** The client hung up: work stops, and what was sent is what is charged. */
  #abandon(): void {
    this.#cancel();
    if (this.#over) return;
    this.#over = true;
    this.#turn.exchange.notes.push(`the client hung up after ${this.#chunks} chunks`);
    void this.#book(this.#tokens, this.#body).then(() => this.#finished());
  }

  #book(completion: number, body: string): Promise<Error | null> {
    return new Promise((resolve) =>
      this.#call.services.chat.close(this.#turn, 200, body, completion, resolve),
    );
  }
}

/** The first half of an event, ended as if it were whole. */
function malformed(data: string): string {
  return `${data.slice(0, Math.floor(data.length / 2))}\n\n`;
}
