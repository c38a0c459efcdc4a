import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { deliveryText } from "../../certify/delivery-text.js";
import { type ListenerBehaviour, parseBehaviour, statusFor } from "../../certify/listener-behaviour.js";
import { verify } from "../../certify/signature.js";
import { stopOnSignals } from "../start/signals.js";
import { UserError } from "../user-error.js";

export interface ListenFlags {
  readonly port: string;
  readonly host: string;
  readonly secret?: readonly string[];
  readonly respond?: string;
  readonly delay?: string;
}

/** Receives webhooks and prints them, until a signal. @throws UserError for a wrong option or a port in use */
export async function runListen(flags: ListenFlags): Promise<void> {
  const behaviour = parseBehaviour(flags.respond, flags.delay);
  if (typeof behaviour === "string") throw new UserError(behaviour);
  if (!/^\d{1,5}$/.test(flags.port) || Number(flags.port) > 65_535) {
    throw new UserError(`--port: expected a port from 0 to 65535, got ${JSON.stringify(flags.port)}`);
  }
  const server = createServer(receiver(flags.secret ?? [], behaviour));
  server.listen(Number(flags.port), flags.host);
  await once(server, "listening").catch((cause: Error) => {
    throw new UserError(`cannot listen on ${flags.host}, port ${flags.port}: ${cause.message}`);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : flags.port;
  const host = flags.host.includes(":") ? `[${flags.host}]` : flags.host;
  stopOnSignals({
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  });
  // Printed last: whoever reads this line may send a signal at once.
  console.log(`listening for billing webhooks on http://${host}:${port}/ (Ctrl-C to stop)`);
}

/** Prints each delivery and answers it. */
function receiver(
  secrets: readonly string[],
  behaviour: ListenerBehaviour,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const seen = new Set<string>();
  let count = 0;
  return async (request, response) => {
    const at = new Date();
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The sender closed the connection before the end of the body.
    }
    const raw = Buffer.concat(chunks);
    const verification = secrets.length === 0 ? null : verify(raw, header(request, "signature"), secrets);
    const { head, events, wellFormed } = deliveryText(raw, header(request, "request-id"), verification, seen);
    const defaultStatus = verification?.ok === false ? 401 : wellFormed ? 200 : 400;
    const status = statusFor(behaviour, count++, defaultStatus);
    const { delayMs } = behaviour;
    const answer = `answering ${status}${delayMs > 0 ? ` after ${delayMs} ms` : ""}`;
    console.log([`${at.toISOString()}  ${head}  ${answer}`, ...events].join("\n    "));
    if (delayMs > 0) await wait(delayMs);
    response.writeHead(status, { "Content-Type": "application/json" }).end("{}");
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[`x-baseten-${name}`];
  return Array.isArray(value) ? value.join(",") : value;
}
