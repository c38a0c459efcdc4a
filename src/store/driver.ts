import { createRequire } from "node:module";
import type Database from "better-sqlite3";

/** better-sqlite3 as it is called in TypeScript. */
export type Driver = typeof Database;

/** From here on better-sqlite3 13 runs; on earlier ones loading it ends the process. */
const NODE_OF_13 = 22;
/** The two lines of better-sqlite3 side by side, as `package.json` names them. */
const LINE_12 = "better-sqlite3";
const LINE_13 = "better-sqlite3-13";

/**
 * Line 12 is the last one for Node 20. Line 13 comes with its binaries, and does not end the process on Node 24.19
 * and later, as line 12 may when it was compiled there (nodejs/node issue 65446); it is taken wherever it was
 * installed.
 * @param nodeVersion such as `v24.1.0`
 */
export function loadDriver(nodeVersion: string = process.version): Driver {
  const require = createRequire(import.meta.url);
  if (Number.parseInt(nodeVersion.slice(1), 10) >= NODE_OF_13) {
    try {
      return require(LINE_13);
    } catch {
      // Not installed, or not made for this system: line 12 says what is to be done when it fails as well.
    }
  }
  return require(LINE_12);
}
