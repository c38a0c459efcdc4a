import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { BillingEvent } from "../../src/index.js";

/** One POST as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly raw: Buffer;
  readonly signature: string;
  readonly requestId: string;
  readonly events: readonly BillingEvent[];
}

/**
 * A status, `hang` for no answer at all, `reset` for a broken connection, `half` for an answer that never ends, `torn`
 * for one whose connection breaks in the middle.
 */
export type Reaction = number | { status: number; body: string } | "hang" | "reset" | "half" | "torn";
/** What to do with one POST; the number counts from 0. */
export type Behaviour = (received: Received, number: number) => Reaction | Promise<Reaction>;

/** A billing receiver that does as it is told, and remembers. */
export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** Connections that the sender closed before they were answered. */
  abandoned = 0;
  /** Most POSTs that were there at the same time. */
  mostAtOnce = 0;
  #atOnce = 0;
  #heard: () => void = () => {};
  behaviour: Behaviour;
  readonly #server: Server;
  readonly #port: number;

  static async start(behaviour: Behaviour | readonly Reaction[] = [200]): Promise<Receiver> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("not listening");
    return new Receiver(server, address.port, behaviour);
  }

  private constructor(server: Server, port: number, behaviour: Behaviour | readonly Reaction[]) {
    this.#server = server;
    this.#port = port;
    this.behaviour = typeof behaviour === "function" ? behaviour : inTurn(behaviour);
    server.on("connection", (socket) => socket.on("error", () => {}));
    server.on("request", (request, response) => void this.#take(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/billing`;
  }

  /** Every event that arrived, in order of arrival. */
  get events(): BillingEvent[] {
    return this.received.flatMap(({ events }) => events);
  }

  /** Waits until so many POSTs have arrived. */
  async arrived(count: number): Promise<void> {
    await this.#until(() => this.received.length >= count);
  }

  /** Waits until so many connections were given up by the sender. */
  async givenUp(count: number): Promise<void> {
    await this.#until(() => this.abandoned >= count);
  }

  async #until(there: () => boolean): Promise<void> {
    while (!there()) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const received: Received = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      raw,
      signature: String(request.headers["x-baseten-signature"]),
      requestId: String(request.headers["x-baseten-request-id"]),
      events: JSON.parse(raw.toString()).data.events,
    };
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    response.once("close", () => {
      this.#atOnce--;
      if (!response.writableFinished) this.abandoned++;
      this.#heard();
    });
    const number = this.received.push(received) - 1;
    this.#heard();
    const reaction = await this.behaviour(received, number);
    if (reaction === "hang") return;
    if (reaction === "reset") return void request.socket.resetAndDestroy();
    if (reaction === "half") return void response.writeHead(200, { "Content-Length": 10 }).write("half");
    if (reaction === "torn") {
      response.writeHead(200, { "Content-Length": 10 }).write("half", () => request.socket.destroy());
      return;
    }
    const { status, body } =
      typeof reaction === "number" ? { status: reaction, body: `status ${reaction}` } : reaction;
    response.writeHead(status, status < 400 && status >= 300 ? { Location: "/elsewhere" } : {}).end(body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** One after the other; the last one for all that follow. */
function inTurn(reactions: readonly Reaction[]): Behaviour {
  return (_received, number) => reactions[Math.min(number, reactions.length - 1)] ?? 200;
}
