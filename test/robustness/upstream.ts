import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that answers every request with `answer`, and knows what it was asked. */
export interface Upstream extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  readonly asked: IncomingMessage["headers"][];
  /** Resolves when so many connections ended before their answer did. */
  left(count: number): Promise<void>;
}

export async function upstream(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<Upstream> {
  const asked: IncomingMessage["headers"][] = [];
  let gone = 0;
  let heard = () => {};
  const server = createServer((request, response) => {
    asked.push(request.headers);
    response.once("close", () => {
      if (!response.writableFinished) gone++;
      heard();
    });
    request.resume().once("end", () => answer(response, request));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async left(count) {
      while (gone < count) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** An answer whose body never ends, as fast as it is read. */
export function endless(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "application/json" });
  const part = Buffer.alloc(64 * 1024, " ");
  const more = (): void => {
    while (!response.destroyed && response.write(part)) {
      // Until the connection takes no more.
    }
  };
  response.on("drain", more);
  more();
}

/** A chat completion of exactly so many bytes. */
export function completionOf(bytes: number): string {
  const around = JSON.stringify({ choices: [{ message: { content: "" } }] });
  return JSON.stringify({ choices: [{ message: { content: "x".repeat(bytes - around.length) } }] });
}
