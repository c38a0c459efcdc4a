import type { Server } from "node:http";
import type { Socket } from "node:net";
import { every } from "../../runtime/every.js";

/** How often a closing server looks for connections whose last answer is out, milliseconds. */
const SWEEP_MS = 10;

/** Closes a server: no new connections, answers under way to their end, idle connections at once. */
export type Drain = () => Promise<void>;

/**
 * Prepares a server to be closed without waiting for clients that keep connections open.
 * @param giveUp called again and again while it closes, to end answers that would never end by themselves
 */
export function drainable(server: Server, giveUp: () => void = () => {}): Drain {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Node takes neither a connection that has not sent anything for idle, nor looks again when an answer ends.
  const endIdle = (): void => {
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  return () =>
    new Promise((resolve) => {
      // Not at once: what was answered in this turn of the event loop is on its way to the socket.
      const endSweeps = every(SWEEP_MS, () => {
        giveUp();
        endIdle();
      });
      server.close(() => {
        endSweeps();
        // A turn later, what was cut off has been recorded.
        setImmediate(resolve);
      });
      endIdle();
    });
}
