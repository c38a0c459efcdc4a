import type { Server } from "node:http";
import type { Socket } from "node:net";
import { every } from "../../runtime/every.js";
import { setImmediate } from "../../runtime/timers.js";

/** Interval at which a closing server closes idle connections, milliseconds. */
const SWEEP_MS = 10;
/**
 * Sweeps without a byte in either direction after which a connection is destroyed: its client does not read. More than
 * the five seconds that an answer may still wait for the clock.
 */
const STUCK_SWEEPS = 600;

/** Closes a server: accepts no connections, finishes running answers, closes connections that are idle or stuck. */
export type Drain = () => Promise<void>;

/**
 * Prepares a server to close without waiting for clients that keep connections open.
 * @param giveUp called repeatedly while it closes, to end answers that would never end
 */
export function drainable(server: Server, giveUp: () => void): Drain {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Node does not count a connection without any request as idle, and checks only once.
  const endIdle = (): void => {
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  const progress = new Map<Socket, { bytes: number; sweeps: number }>();
  const endStuck = (): void => {
    for (const socket of sockets) {
      const bytes = socket.bytesRead + socket.bytesWritten;
      const last = progress.get(socket);
      if (last?.bytes !== bytes) progress.set(socket, { bytes, sweeps: 0 });
      else if (++last.sweeps >= STUCK_SWEEPS) socket.destroy();
    }
  };
  return () =>
    new Promise((resolve) => {
      // Not at once: what was answered in this turn of the event loop is on its way to the socket.
      const endSweeps = every(SWEEP_MS, () => {
        giveUp();
        endIdle();
        endStuck();
      });
      server.close(() => {
        endSweeps();
        // One turn of the event loop to learn which answers were cut off, one for the journal to store them.
        setImmediate(() => setImmediate(resolve));
      });
      endIdle();
    });
}
