import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { progress } from "./report.mjs";

/**
 * The last commit in which the emulator's routes ran on `node:http` with a framework of its own. Since then it is a
 * Hono app on @hono/node-server. The column "before" shows what this change costs.
 */
const BEFORE_HONO = "d76765a4bc5ac2c94cba1ec08debbd5ee81df962";

const NAME = BEFORE_HONO.slice(0, 7);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = join(ROOT, "node_modules");
const CACHE = join(MODULES, ".cache", "gateway-emulator-bench");
/** Replaces the step that runs the type checker, which takes ten times as long as the bundles. */
const NO_TYPES = "export const writeTypes = async () => true;\n";

/**
 * Builds the version before, once: later runs find it in the cache.
 * @returns its dist folder; or null with the reason, where git or the commit is absent
 */
export async function buildBefore() {
  const folder = join(CACHE, BEFORE_HONO);
  const dist = join(folder, "dist");
  if (existsSync(dist)) return { dist, reason: null };
  const archive = spawnSync("git", ["archive", BEFORE_HONO], { cwd: ROOT, maxBuffer: 2 ** 28 });
  if (archive.status !== 0) {
    const cause = archive.error?.message ?? `${archive.stderr}`.trim();
    return { dist: null, reason: `no commit ${NAME} here, as in a tarball or a shallow clone (${cause})` };
  }
  progress(`before: building commit ${NAME} into ${relative(ROOT, folder)}, once (a few seconds)`);
  // Renamed when complete, so that an interrupted build leaves nothing that looks like one.
  const draft = `${folder}-${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    run("tar", ["-x", "-C", draft], { input: archive.stdout });
    await symlink(MODULES, join(draft, "node_modules"));
    await writeFile(join(draft, "scripts", "types.mjs"), NO_TYPES);
    run(process.execPath, ["scripts/build.mjs"], { cwd: draft });
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { dist, reason: null };
}

/** @throws with what the command wrote */
function run(command, args, options = {}) {
  const ran = spawnSync(command, args, options);
  if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${ran.error ?? ran.stderr}`);
}
