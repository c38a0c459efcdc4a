import type { Server } from "node:http";
import { createApp } from "./app.js";
import { TwoProtocolServer } from "./h2c.js";
import type { Tenants } from "./routes.js";

/** Header blocks above this are refused by Node itself; keys and metadata fit many times. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Longer than clients keep a connection in their pool, so that they, not we, end it. */
const KEEP_ALIVE_MS = 75_000;

/** A server of HTTP/1.1 and HTTP/2 for the worlds of one emulator; the caller listens and closes. */
export function createHttpServer(tenants: Tenants): Server {
  const app = createApp(tenants);
  const server = new TwoProtocolServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    app,
  );
  // Bytes that are not HTTP have no surface; the connection gets a bare 400 and ends.
  server.on("clientError", (_error, socket) => {
    if (socket.writable)
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else socket.destroy();
  });
  return server;
}
