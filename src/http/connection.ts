/**
 * What carries an answer. Handlers answer with a `Response`; only what a `Response` cannot say goes through here:
 * faults that break the connection, and clients that have to go because their world did.
 */
export interface Connection {
  /** Whether a body without a length is sent in chunks, which HTTP/1.1 alone does. */
  readonly chunked: boolean;
  /** Whether nobody waits for the answer any more. Cheaper to ask than the request's signal, which it agrees with. */
  readonly closed: boolean;
  /**
   * Leaves the length of the answer unsaid, as the real gateway does with streams, although it is known here.
   * @param headers of the answer
   */
  dropLength(headers: Record<string, string>): void;
  /** Breaks the connection off where the answer's body ends, as if more were to come. */
  cutAtEnd(): void;
  /** Resets the connection; the answer is not sent. */
  reset(): void;
  /** Ends the connection now. */
  destroy(): void;
}

/** In this process nothing carries an answer but a promise: what breaks rejects it, or its body. */
export class PromisedAnswer implements Connection {
  readonly chunked = false;
  readonly #signal: AbortSignal;
  /** How the connection broke; null: it did not. */
  broken: "reset" | "ended" | null = null;
  /** Whether the body ends before the answer does. */
  cut = false;
  /** Called when it breaks. */
  onBroken: () => void = () => {};

  /** @param signal of the request: its client left */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get closed(): boolean {
    return this.broken !== null || this.#signal.aborted;
  }

  /** The answer of a fetch has no length unless it is given. */
  dropLength(): void {}

  cutAtEnd(): void {
    this.cut = true;
  }

  reset(): void {
    this.#break("reset");
  }

  destroy(): void {
    this.#break("ended");
  }

  #break(how: "reset" | "ended"): void {
    if (this.broken !== null) return;
    this.broken = how;
    this.onBroken();
  }
}
