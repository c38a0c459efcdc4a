import type { StreamFrame } from "../../domain/completion/stream.js";
import { paceMs } from "../../domain/completion/style.js";
import { JOURNAL_STREAM_CHARS } from "../../domain/journal.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import { beginChunks, writeChunk } from "../chunked.js";
import type { Call } from "../routes.js";
import { STREAM_HEADERS } from "./deliver-stream.js";
import { turnHeaders } from "./turn.js";

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Sends a stream chunk by chunk on the world's clock, with what a fault does to it. However it ends (whole, cut,
 * because the client hung up, or because the clock dropped its jobs), it is booked once, with the tokens sent so
 * far (L-4).
 */
export class StreamSender {
  readonly #call: Call;
  readonly #turn: AnsweredChat;
  readonly #frames: Iterator<StreamFrame>;
  #next: StreamFrame | undefined;
  /** From when the pace counts, and the tokens that it has let pass since. */
  #from: number;
  #paced = 0;
  #lastAt = 0;
  #cancel: () => void = () => {};
  #chunks = 0;
  #bytes = 0;
  #tokens = 0;
  #body = "";
  #stalled = false;
  #over = false;
  #finished: () => void = () => {};

  constructor(call: Call, turn: AnsweredChat, frames: Iterable<StreamFrame>) {
    this.#call = call;
    this.#turn = turn;
    this.#frames = frames[Symbol.iterator]();
    this.#from = call.services.context.clock.now() + Math.ceil(turn.style.ttft_ms ?? 0);
  }

  /** Made once: they are scheduled for every chunk. */
  readonly #sendDue = (): void | Promise<void> => this.#send();
  readonly #dropped = (): void => {
    this.#abandon("the emulator ended it");
    this.#call.request.socket.destroy();
  };

  /** Resolves when the stream is over and booked. */
  run(): Promise<void> {
    const { response } = this.#call;
    return new Promise((resolve) => {
      this.#finished = resolve;
      if (response.destroyed) return this.#abandon();
      response.once("close", () => this.#abandon());
      this.#next = this.#pull();
      if (!this.#waits()) void this.#send();
    });
  }

  #pull(): StreamFrame | undefined {
    const result = this.#frames.next();
    return result.done ? undefined : result.value;
  }

  /** Whether the next chunk is not due yet; it is then sent when it is. Jitter delays it, not those after it. */
  #waits(): boolean {
    const { clock, random } = this.#call.services.context;
    const { style } = this.#turn;
    const jitter = style.jitter_ms ? style.jitter_ms * random.float() : 0;
    // Whole milliseconds, as the clock counts; rounding up never sends early.
    this.#lastAt = Math.max(this.#lastAt, Math.ceil(this.#from + paceMs(style, this.#paced) + jitter));
    if (this.#lastAt <= clock.now()) return false;
    this.#schedule(this.#lastAt, "stream chunk");
    return true;
  }

  #schedule(at: number, label: string): void {
    this.#cancel = this.#call.services.context.clock.schedule(at, label, this.#sendDue, this.#dropped);
  }

  /** Sends what is due; the clock waits for what this returns. */
  #send(): void | Promise<void> {
    while (!this.#over && this.#next) {
      const frame = this.#next;
      const cut = this.#cutIn(frame);
      if (cut !== null) return this.#cut(frame, cut);
      if (this.#stallsNow()) return;
      this.#next = this.#pull();
      if (!this.#next) return this.#end(frame);
      this.#write(frame);
      const { response } = this.#call;
      const waits = this.#tokensPass(frame, this.#next) > 0;
      if (response.writableNeedDrain) {
        response.once("drain", () => {
          if (!waits || !this.#waits()) void this.#send();
        });
        return;
      }
      if (waits && this.#waits()) return;
    }
  }

  /** Lets the tokens between two frames pass. The first of an answer wait for nothing but the time before them. */
  #tokensPass(frame: StreamFrame, next: StreamFrame): number {
    const tokens = frame.completionTokens === 0 ? 0 : next.completionTokens - frame.completionTokens;
    this.#paced += tokens;
    return tokens;
  }

  #write(frame: StreamFrame): void {
    this.#head();
    this.#tokens = frame.completionTokens;
    const data = this.#take(frame);
    if (this.#body.length < JOURNAL_STREAM_CHARS) this.#body += data;
    writeChunk(this.#call.response, data);
  }

  /** The bytes of the next chunk. */
  #take({ data }: StreamFrame): string {
    this.#chunks++;
    const taken = this.#turn.fault?.malformed_chunk === this.#chunks ? malformed(data) : data;
    // Only a cut by bytes asks for them.
    if (this.#turn.fault?.cut) this.#bytes += Buffer.byteLength(taken);
    return taken;
  }

  #head(): void {
    const { response } = this.#call;
    if (!response.headersSent) beginChunks(response, 200, turnHeaders(this.#turn, ...STREAM_HEADERS));
  }

  /** The last frame waits for the books: an acknowledged end is a stored one (W-8). */
  async #end(frame: StreamFrame): Promise<void> {
    this.#over = true;
    const { response } = this.#call;
    const data = this.#take(frame);
    const failure = await this.#book(frame.completionTokens, this.#body + data);
    if (failure) response.destroy();
    else {
      this.#head();
      response.end(data);
    }
    this.#finished();
  }

  /** How many bytes of the frame still go out before the connection ends; null when it is not cut there. */
  #cutIn({ data }: StreamFrame): number | null {
    const cut = this.#turn.fault?.cut;
    if (!cut) return null;
    if (this.#chunks >= (cut.after_chunks ?? NEVER)) return 0;
    const room = (cut.after_bytes ?? NEVER) - this.#bytes;
    return Buffer.byteLength(data) > room ? room : null;
  }

  /** The connection just ends: no error event, no `[DONE]` (inference §1.4). */
  async #cut({ data }: StreamFrame, bytes: number): Promise<void> {
    this.#over = true;
    const { request, response } = this.#call;
    this.#turn.inProgress.notes.push(`cut after ${this.#chunks} chunks`);
    await this.#book(this.#tokens, this.#body);
    this.#head();
    if (bytes > 0) response.write(Buffer.from(data).subarray(0, bytes));
    request.socket.destroySoon();
    this.#finished();
  }

  /** Nothing comes, for a time or until somebody gives up. */
  #stallsNow(): boolean {
    const stall = this.#turn.fault?.stall;
    if (!stall || this.#stalled || this.#chunks < stall.after_chunks) return false;
    this.#stalled = true;
    this.#head();
    const until = this.#call.services.context.clock.now() + (stall.for_ms ?? NEVER);
    // The pace starts anew behind the stall; what it swallowed is not caught up.
    this.#from = until;
    this.#paced = 0;
    this.#schedule(until, "stalled stream");
    return true;
  }

  /** Nobody listens any more: work stops, and what was sent is what is charged. */
  #abandon(why = "the client hung up"): void {
    this.#cancel();
    if (this.#over) return;
    this.#over = true;
    this.#turn.inProgress.notes.push(`${why} after ${this.#chunks} chunks`);
    void this.#book(this.#tokens, this.#body).then(() => this.#finished());
  }

  #book(completion: number, body: string): Promise<Error | null> {
    const { chatRecords, journal } = this.#call.services;
    chatRecords.answer(this.#turn, completion, body !== "");
    this.#turn.inProgress.responseBody = body;
    return journal.finish(this.#turn.inProgress, 200);
  }
}

/** The first half of an event, ended as if it were whole. */
function malformed(data: string): string {
  return `${data.slice(0, Math.floor(data.length / 2))}\n\n`;
}
