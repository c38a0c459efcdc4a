import type { Writable } from "node:stream";

/** When more output than this is unread, further lines are dropped, to bound memory. Bytes. */
const MAX_BACKLOG = 4 * 1024 * 1024;

/** Writes lines to a stream, once per turn of the event loop, so that logging costs little under load. */
export class Lines {
  readonly #stream: Writable;
  readonly #gap: (dropped: number) => string;
  #pending: string[] = [];
  #dropped = 0;
  #isClosed = false;

  /** @param gap makes the line that reports how many lines were dropped */
  constructor(stream: Writable, gap: (dropped: number) => string) {
    this.#stream = stream;
    this.#gap = gap;
    // When the reader closes the stream, the log ends. What else does is not the log's to say.
    stream.on("error", () => {
      this.#isClosed = true;
    });
  }

  write(line: string): void {
    if (this.#pending.length === 0) setImmediate(() => this.flush());
    this.#pending.push(line);
  }

  /** Writes pending lines now. */
  flush(): void {
    const lines = this.#pending;
    this.#pending = [];
    if (lines.length === 0 || this.#isClosed) return;
    if (this.#stream.writableLength > MAX_BACKLOG) {
      this.#dropped += lines.length;
      return;
    }
    if (this.#dropped > 0) lines.unshift(this.#gap(this.#dropped));
    this.#dropped = 0;
    this.#stream.write(`${lines.join("\n")}\n`);
  }
}
