import type { StreamFrame } from "../../domain/completion/stream.js";
import { isPaced, paceMs } from "../../domain/completion/style.js";
import { JOURNAL_STREAM_CHARS } from "../../domain/journal.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import type { Services } from "../../services/services.js";
import type { Connection } from "../connection.js";

const NEVER = Number.POSITIVE_INFINITY;
/** Events that are due at once go out together up to this size, characters. */
const GATHERED = 8 * 1024;

/** Why a stream ended early, for the journal. */
export const CLIENT_LEFT = "the client hung up";
export const WORLD_ENDED = "the emulator ended it";

/**
 * The events of a stream, each when the world's clock says that it is due, with what a fault does to them. However it
 * ends (whole, cut, because the client left, or because the clock dropped its jobs), it is recorded once, with the
 * tokens sent so far (L-4).
 */
export class StreamSource {
  readonly #services: Services;
  readonly #answered: AnsweredChat;
  readonly #frames: Iterator<StreamFrame>;
  readonly #connection: Connection;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #next: StreamFrame | undefined;
  /** From when the pace counts, and the tokens that it has let pass since. */
  #from: number;
  #paced = 0;
  #lastAt = 0;
  #cancelJob: () => void = () => {};
  #chunks = 0;
  #bytes = 0;
  #tokens = 0;
  #body = "";
  /** Events that are due, until they go out together. */
  #gathered = "";
  readonly #paces: boolean;
  #stalled = false;
  #ended = false;
  /** Whether tokens lie between the last event and the next, which the pace is about. */
  #tokensPassed = false;
  /** Whether the client has to read before more is made. */
  #blocked = false;
  #releasePull: () => void = () => {};

  constructor(
    services: Services,
    answered: AnsweredChat,
    frames: Iterable<StreamFrame>,
    connection: Connection,
  ) {
    this.#services = services;
    this.#answered = answered;
    this.#frames = frames[Symbol.iterator]();
    this.#connection = connection;
    this.#paces = isPaced(answered.style);
    this.#from = services.context.clock.now() + Math.ceil(answered.style.ttft_ms ?? 0);
    this.#next = this.#pullFrame();
    this.#lastAt = this.#dueAt();
  }

  /** Until the first event is due, milliseconds. */
  get firstDelayMs(): number {
    return this.#lastAt - this.#services.context.clock.now();
  }

  /** Sends what is due. Called when the stream is made, which is when its first event is due. */
  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    void this.#send();
  }

  /** There is room for more. Stays pending while that need not be known, so that it is not called for every event. */
  pull(): Promise<void> | void {
    if (this.#blocked) {
      this.#blocked = false;
      if (!this.#tokensPassed || !this.#waits()) void this.#send();
    }
    if (this.#ended || this.#blocked) return;
    return new Promise((resolve) => {
      this.#releasePull = resolve;
    });
  }

  /** The client left. */
  cancel(): void {
    this.abandon(CLIENT_LEFT);
  }

  /** Nobody listens any more: work stops, and what was sent is what is charged. */
  abandon(why: string): void {
    this.#cancelJob();
    if (this.#ended) return;
    this.#ended = true;
    this.#answered.inProgress.notes.push(`${why} after ${this.#chunks} chunks`);
    void this.#record(this.#tokens, this.#body);
  }

  /** Made once: they are scheduled for every event. */
  readonly #sendDue = (): void | Promise<void> => this.#send();
  readonly #dropped = (): void => {
    this.abandon(WORLD_ENDED);
    this.#connection.destroy();
  };

  #pullFrame(): StreamFrame | undefined {
    const result = this.#frames.next();
    return result.done ? undefined : result.value;
  }

  /** When the next event is due. Jitter delays it, not those after it. */
  #dueAt(): number {
    const { style } = this.#answered;
    const jitter = style.jitter_ms ? style.jitter_ms * this.#services.context.random.float() : 0;
    // Whole milliseconds, as the clock counts; rounding up never sends early.
    return Math.max(this.#lastAt, Math.ceil(this.#from + paceMs(style, this.#paced) + jitter));
  }

  /** Whether the next event is not due yet; it is then sent when it is. */
  #waits(): boolean {
    this.#lastAt = this.#dueAt();
    if (this.#lastAt <= this.#services.context.clock.now()) return false;
    this.#schedule(this.#lastAt, "stream chunk");
    return true;
  }

  #schedule(at: number, label: string): void {
    this.#cancelJob = this.#services.context.clock.schedule(at, label, this.#sendDue, this.#dropped);
  }

  /** Sends what is due; the clock waits for what this returns. */
  #send(): void | Promise<void> {
    while (!this.#ended && this.#next) {
      const frame = this.#next;
      const cut = this.#cutIn(frame);
      if (cut !== null) return this.#cut(frame, cut);
      if (this.#stallsNow()) return this.#flush();
      this.#next = this.#pullFrame();
      if (!this.#next) return this.#end(frame);
      this.#enqueue(frame);
      this.#tokensPassed = this.#tokensPass(frame, this.#next) > 0;
      // A paced event has a chunk of its own, unless it is late: what is late goes out together.
      if (this.#paces && !this.#tokensPassed) this.#flush();
      if (this.#isFull()) return this.#flush();
      if (this.#tokensPassed && this.#waits()) return this.#flush();
    }
  }

  /** Lets the tokens between two frames pass. The first of an answer wait for nothing but the time before them. */
  #tokensPass(frame: StreamFrame, next: StreamFrame): number {
    const tokens = frame.completionTokens === 0 ? 0 : next.completionTokens - frame.completionTokens;
    this.#paced += tokens;
    return tokens;
  }

  #enqueue(frame: StreamFrame): void {
    this.#tokens = frame.completionTokens;
    const data = this.#dataOf(frame);
    if (this.#body.length < JOURNAL_STREAM_CHARS) this.#body += data;
    this.#gathered += data;
    if (this.#gathered.length >= GATHERED) this.#flush();
  }

  #flush(): void {
    if (this.#gathered === "") return;
    this.#controller?.enqueue(Buffer.from(this.#gathered));
    this.#gathered = "";
  }

  /** The text of the next event. */
  #dataOf({ data }: StreamFrame): string {
    this.#chunks++;
    const text = this.#answered.fault?.malformed_chunk === this.#chunks ? malformed(data) : data;
    // Only a cut by bytes asks for them.
    if (this.#answered.fault?.cut) this.#bytes += Buffer.byteLength(text);
    return text;
  }

  /** Whether the client has yet to read what was sent; {@link pull} goes on when it has. */
  #isFull(): boolean {
    if ((this.#controller?.desiredSize ?? 0) > 0) return false;
    this.#blocked = true;
    this.#releasePull();
    return true;
  }

  /** The last frame waits for its record: an acknowledged end is a stored one (W-8). */
  async #end(frame: StreamFrame): Promise<void> {
    this.#ended = true;
    const data = this.#dataOf(frame);
    const failure = await this.#record(frame.completionTokens, this.#body + data);
    if (failure) this.#connection.destroy();
    else this.#close(Buffer.from(data));
  }

  /** How many bytes of the frame still go out before the connection ends; null when it is not cut there. */
  #cutIn({ data }: StreamFrame): number | null {
    const cut = this.#answered.fault?.cut;
    if (!cut) return null;
    if (this.#chunks >= (cut.after_chunks ?? NEVER)) return 0;
    const room = (cut.after_bytes ?? NEVER) - this.#bytes;
    return Buffer.byteLength(data) > room ? room : null;
  }

  /** The connection just ends: no error event, no `[DONE]` (I-1.4). */
  async #cut({ data }: StreamFrame, bytes: number): Promise<void> {
    this.#ended = true;
    this.#answered.inProgress.notes.push(`cut after ${this.#chunks} chunks`);
    await this.#record(this.#tokens, this.#body);
    this.#connection.cutAtEnd();
    this.#close(Buffer.from(data).subarray(0, bytes));
  }

  #close(last: Uint8Array): void {
    try {
      this.#flush();
      if (last.byteLength > 0) this.#controller?.enqueue(last);
      this.#controller?.close();
    } catch {
      // The client left while its record was written, and the stream was cancelled.
    }
  }

  /** Pauses the stream, for a time or until somebody gives up. */
  #stallsNow(): boolean {
    const stall = this.#answered.fault?.stall;
    if (!stall || this.#stalled || this.#chunks < stall.after_chunks) return false;
    this.#stalled = true;
    const until = this.#services.context.clock.now() + (stall.for_ms ?? NEVER);
    // The pace starts anew behind the stall; what it swallowed is not caught up.
    this.#from = until;
    this.#paced = 0;
    this.#schedule(until, "stalled stream");
    return true;
  }

  #record(completion: number, body: string): Promise<Error | null> {
    const { chatRecords, journal } = this.#services;
    const { inProgress } = this.#answered;
    chatRecords.answer(this.#answered, completion, body !== "");
    inProgress.responseBody = body;
    return journal.finish(inProgress, 200);
  }
}

/** The first half of an event, ended as if it were whole. */
function malformed(data: string): string {
  return `${data.slice(0, Math.floor(data.length / 2))}\n\n`;
}
