import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Interval at which a closing server closes idle connections, milliseconds. */
const SWEEP_MS = 10;

/** Closes a server: accepts no connections, finishes running answers, closes idle connections. */
export type Drain = () => Promise<void>;

/**
 * Prepares a server to close without waiting for clients that keep connections open.
 * @param giveUp called repeatedly while it closes, to end answers that would never end
 */
export function drainable(server: Server, giveUp: () => void = () => {}): Drain {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Node does not count a connection without any request as idle, and checks only once.
  const sweep = (): void => {
    giveUp();
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  return () =>
    new Promise((resolve) => {
      const timer = setInterval(sweep, SWEEP_MS);
      server.close(() => {
        clearInterval(timer);
        resolve();
      });
      sweep();
    });
}
