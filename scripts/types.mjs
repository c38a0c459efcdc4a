import { spawnSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const FOLDER = "dist/types";
/** The only declarations that import better-sqlite3, which has no types of its own. */
const DATABASE = join(FOLDER, "src/store/database.d.ts");

/**
 * Writes the type declarations of the package's exports, and those that they import.
 * @returns whether the sources have no type errors
 */
export async function writeTypes() {
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
    stdio: "inherit",
  });
  if (tsc.status !== 0) return false;
  await hideConnection();
  const needed = await reachable(await entries());
  for (const path of await readdir(FOLDER, { recursive: true })) {
    if (path.endsWith(".d.ts") && !needed.has(join(FOLDER, path))) await rm(join(FOLDER, path));
  }
  return true;
}

/** Replaces the connection type, which users never see, so that they do not need `@types/better-sqlite3`. */
async function hideConnection() {
  const text = await readFile(DATABASE, "utf8");
  const hidden = text
    .replace('import type Database from "better-sqlite3";\n', "")
    .replace("export type Db = Database.Database;", "export interface Db {\n    prepare: any;\n}");
  if (/better-sqlite3|Database\./.test(hidden)) throw new Error(`${DATABASE} is not what types.mjs expects`);
  await writeFile(DATABASE, hidden);
}

async function entries() {
  const { exports } = JSON.parse(await readFile("package.json", "utf8"));
  return Object.values(exports).flatMap(({ types }) => (types === undefined ? [] : [join(types)]));
}

/** These files, and all files that they import directly or indirectly. */
async function reachable(files) {
  const found = new Set();
  const left = [...files];
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const [, path] of (await readFile(file, "utf8")).matchAll(
      /(?:from |import\(|import )"(\.[^"]+)\.js"/g,
    )) {
      left.push(join(dirname(file), `${path}.d.ts`));
    }
  }
  return found;
}
