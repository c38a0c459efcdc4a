/** What can be ended: a socket, or an HTTP/2 session. */
interface Endable {
  destroy(): unknown;
}

interface Deadline {
  sweepsLeft: number;
  readonly isOver: () => boolean;
}

/**
 * Ends connections that take too long. Counts the sweeps of one timer instead of reading a clock: it needs no timer for
 * each connection, and a machine that slept ends nothing early.
 */
export class Deadlines {
  readonly #deadlines = new Map<Endable, Deadline>();

  /**
   * Ends the connection after so many sweeps, unless it is {@link lift}ed or set anew before.
   * @param isOver asked at each sweep: whether to end it already
   */
  set(connection: Endable, sweeps: number, isOver: () => boolean = () => false): void {
    this.#deadlines.set(connection, { sweepsLeft: sweeps, isOver });
  }

  lift(connection: Endable): void {
    this.#deadlines.delete(connection);
  }

  /** To be called in even intervals. */
  sweep(): void {
    for (const [connection, deadline] of this.#deadlines) {
      if (--deadline.sweepsLeft > 0 && !deadline.isOver()) continue;
      this.#deadlines.delete(connection);
      connection.destroy();
    }
  }
}
