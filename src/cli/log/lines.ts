import type { Writable } from "node:stream";

/** Unread output beyond this is left out rather than kept in memory, bytes. */
const MAX_BACKLOG = 4 * 1024 * 1024;

/** Lines to a stream, one write per turn of the event loop, so that a log costs little under load. */
export class Lines {
  readonly #stream: Writable;
  readonly #gap: (missing: number) => string;
  #waiting: string[] = [];
  #missing = 0;
  #gone = false;

  /** @param gap the line that stands for lines left out because nobody read them */
  constructor(stream: Writable, gap: (missing: number) => string) {
    this.#stream = stream;
    this.#gap = gap;
    // A reader that goes away ends the log, not the emulator.
    stream.on("error", () => {
      this.#gone = true;
    });
  }

  write(line: string): void {
    if (this.#waiting.length === 0) setImmediate(() => this.flush());
    this.#waiting.push(line);
  }

  /** Writes what is waiting, now. */
  flush(): void {
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length === 0 || this.#gone) return;
    if (this.#stream.writableLength > MAX_BACKLOG) {
      this.#missing += lines.length;
      return;
    }
    if (this.#missing > 0) lines.unshift(this.#gap(this.#missing));
    this.#missing = 0;
    this.#stream.write(`${lines.join("\n")}\n`);
  }
}
