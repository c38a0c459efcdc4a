// Runs after `npm install` in a clone: builds dist/, and explains what to do if an install script was blocked.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const SOURCES = [
  "src",
  "scripts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
];

try {
  const Database = require(sqlite());
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

// npx runs this again for a clone that is already built.
if (existsSync("dist/cli.js") && newest("dist/cli.js") > Math.max(...SOURCES.map(newest))) process.exit(0);

console.error("gateway-emulator: building dist/. This takes a few seconds.");
const built = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
process.exit(built.status ?? 1);

/** The version of better-sqlite3 for this Node, chosen like in src/store/driver.ts. */
function sqlite() {
  const later = Number.parseInt(process.versions.node, 10) >= 22;
  return later && existsSync("node_modules/better-sqlite3-13") ? "better-sqlite3-13" : "better-sqlite3";
}

/** The time of the last change of a file, or of any file in a folder. */
function newest(path) {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(`${path}/${name}`)));
}
