import type { Server } from "node:http";
import type { Socket } from "node:net";

/** How often a closing server looks for connections whose last answer is out, milliseconds. */
const SWEEP_MS = 10;

/**
 * Prepares a server to be closed without waiting for clients that keep connections open.
 * @returns closes it: no new connections, answers under way to their end, idle connections at once
 */
export function drainable(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Node takes neither a connection that has not sent anything for idle, nor looks again when an answer ends.
  const sweep = (): void => {
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
