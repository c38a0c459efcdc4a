import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** One POST as it arrived. */
export interface ReceivedResult {
  readonly method: string;
  readonly headers: IncomingMessage["headers"];
  readonly raw: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read bodies as receivers do, without types
  readonly body: any;
}

/** A status, `hang` for no answer at all, `reset` for a broken connection. */
export type Reaction = number | "hang" | "reset";

/** The webhook of async requests: reacts in turn, the last reaction for all that follow, and remembers. */
export class ResultReceiver implements AsyncDisposable {
  readonly received: ReceivedResult[] = [];
  readonly #server: Server;
  readonly #port: number;
  readonly #reactions: readonly Reaction[];
  #heard: () => void = () => {};

  static async start(reactions: readonly Reaction[] = [200]): Promise<ResultReceiver> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("not listening");
    return new ResultReceiver(server, address.port, reactions);
  }

  private constructor(server: Server, port: number, reactions: readonly Reaction[]) {
    this.#server = server;
    this.#port = port;
    this.#reactions = reactions;
    server.on("connection", (socket) => socket.on("error", () => {}));
    server.on("request", (request, response) => void this.#take(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/result`;
  }

  /** Waits until so many POSTs have arrived. */
  async arrived(count: number): Promise<void> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks).toString();
    const { method = "", headers } = request;
    const number = this.received.push({ method, headers, raw, body: JSON.parse(raw) }) - 1;
    this.#heard();
    const reaction = this.#reactions[Math.min(number, this.#reactions.length - 1)] ?? 200;
    if (reaction === "hang") return;
    if (reaction === "reset") return void request.socket.resetAndDestroy();
    response.writeHead(reaction).end(`status ${reaction}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
