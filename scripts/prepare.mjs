// Runs after `npm install` in a clone: builds, and says in plain words when an install script was held back.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

try {
  const Database = require("better-sqlite3");
  new Database(":memory:").close();
} catch {
  console.error(
    [
      "",
      "gateway-emulator: better-sqlite3 has no native binary, because its install script did not run.",
      "Allow it and build it, then try again:",
      "",
      "    npm approve-scripts better-sqlite3     (npm 11.6 and later; or drop --ignore-scripts)",
      "    npm rebuild better-sqlite3",
      "",
    ].join("\n"),
  );
}

const built = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
process.exit(built.status ?? 1);
