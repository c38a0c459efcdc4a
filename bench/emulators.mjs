import { fileURLToPath } from "node:url";
import { startServer } from "./child.mjs";

/** dist/ of this checkout. */
export const NOW = fileURLToPath(new URL("../dist", import.meta.url));

/** Today's emulator in a process of its own, as the command line starts it. */
export const startNow = (options) =>
  startServer("servers/emulator.mjs", { dist: NOW, options: { ownsProcess: true, ...options } });

/** Today's emulator as a test suite starts it: it leaves the globals of the process alone. */
export const startGuest = (options) => startServer("servers/emulator.mjs", { dist: NOW, options });

/** @param dist of the version before, which has no `ownsProcess` */
export const startBefore = (dist, options) => startServer("servers/emulator.mjs", { dist, options });

/**
 * Starts the servers of the wanted columns.
 * @param starts a function by column
 */
export async function startColumns(columns, starts) {
  const servers = {};
  for (const [column, start] of Object.entries(starts)) {
    if (columns.has(column)) servers[column] = await start();
  }
  return servers;
}
