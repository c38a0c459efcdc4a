import { createRequire } from "node:module";
import type Database from "better-sqlite3";

/** The module better-sqlite3. */
export type Driver = typeof Database;

/** First Node version for better-sqlite3 13; on earlier ones loading it ends the process. */
const MIN_NODE_FOR_13 = 22;
/** Names of the two installed versions in `package.json`. */
const VERSION_12 = "better-sqlite3";
const VERSION_13 = "better-sqlite3-13";

/**
 * Loads better-sqlite3 13 if it is installed, else 12. Version 12 is the last one for Node 20. Version 13 has its own
 * binaries; 12 may end the process on Node 24.19 and later when it was compiled there (nodejs/node issue 65446).
 * @param nodeVersion such as `v24.1.0`
 */
export function loadDriver(nodeVersion: string = process.version): Driver {
  const require = createRequire(import.meta.url);
  if (Number.parseInt(nodeVersion.slice(1), 10) >= MIN_NODE_FOR_13) {
    try {
      return require(VERSION_13);
    } catch {
      // Not installed, or not for this system. If version 12 fails too, its error says what to do.
    }
  }
  return require(VERSION_12);
}
