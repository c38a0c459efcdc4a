import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { destinationOf } from "../domain/hosts.js";
import type { Services } from "../services/services.js";
import { createApps } from "./app.js";
import type { EmulatorFace, Env } from "./routes.js";

const NO_QUERY = new URLSearchParams();
/** Header blocks above this are refused by Node itself; keys and metadata fit many times. */
const MAX_HEADER_BYTES = 64 * 1024;

/** An HTTP server for one world; the caller listens and closes. */
export function createHttpServer(services: Services, emulator: EmulatorFace): Server {
  const apps = createApps();
  const listener = getRequestListener(
    (request, env) => {
      const bound = bindings(env, services, emulator);
      return apps[bound.surface].fetch(request, bound);
    },
    { overrideGlobalObjects: false, errorHandler: () => new Response(null, { status: 500 }) },
  );
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 75_000 },
    (request, response) => void listener(request, response),
  );
  // Bytes that are not HTTP have no surface; the connection gets a bare 400 and ends.
  server.on("clientError", (_error, socket) => {
    if (socket.writable)
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else socket.destroy();
  });
  return server;
}

function bindings(env: unknown, services: Services, emulator: EmulatorFace): Env["Bindings"] {
  const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  const destination = destinationOf(incoming.headers.host, mark < 0 ? url : url.slice(0, mark));
  return {
    incoming,
    outgoing,
    services,
    emulator,
    surface: destination.surface,
    path: destination.path,
    query: mark < 0 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1)),
  };
}
