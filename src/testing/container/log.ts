import { PassThrough, type Readable } from "node:stream";

/** Lines that are kept for who asks later. */
const MOST_LINES = 10_000;

/** What a process writes: kept in part, and passed on to any number of readers, line by line. */
export class LogBook {
  readonly #kept: string[] = [];
  readonly #readers = new Set<PassThrough>();
  #ended = false;

  /** Takes in a stream of text. Its lines stay whole beside those of other streams. */
  read(stream: Readable): void {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#write(`${line}\n`);
    });
    stream.on("end", () => {
      if (rest !== "") this.#write(`${rest}\n`);
      rest = "";
    });
  }

  /** Nothing more will come. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }

  /** What was written so far, as far as it is kept, and what will be: a chunk of text for each line. */
  stream(): Readable {
    const reader = new PassThrough({ encoding: "utf8" });
    for (const line of this.#kept) reader.write(line);
    if (this.#ended) reader.end();
    else this.#readers.add(reader.once("close", () => this.#readers.delete(reader)));
    return reader;
  }

  /** The newest lines, one text. */
  tail(lines: number): string {
    return this.#kept.slice(-lines).join("");
  }

  #write(line: string): void {
    if (this.#kept.push(line) > MOST_LINES) this.#kept.shift();
    for (const reader of this.#readers) reader.write(line);
  }
}
