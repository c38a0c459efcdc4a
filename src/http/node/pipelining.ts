import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Requests that came together on one connection are answered in turn, and only the response whose turn it is hears
 * from Node that the connection ended. This tells those that wait behind it, as if it had been theirs.
 */
export class PipelinedResponses {
  readonly #waiting = new WeakMap<Socket, Set<ServerResponse>>();

  /** To be called for each response as its request arrives. */
  follow(response: ServerResponse, connection: Socket): void {
    if (response.socket !== null) return;
    if (connection.destroyed) {
      end(response);
      return;
    }
    const waiting = this.#waitingOn(connection);
    waiting.add(response);
    response.once("socket", () => waiting.delete(response));
  }

  #waitingOn(connection: Socket): Set<ServerResponse> {
    const known = this.#waiting.get(connection);
    if (known) return known;
    const waiting = new Set<ServerResponse>();
    this.#waiting.set(connection, waiting);
    connection.once("close", () => {
      for (const response of waiting) end(response);
    });
    return waiting;
  }
}

function end(response: ServerResponse): void {
  response.destroy();
  response.emit("close");
}
