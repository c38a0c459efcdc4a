// Runs before `npm start` and `npm test`, so that both work in a fresh clone: installs the packages of
// package-lock.json when one of them is missing or has another version. Needs no package itself.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** npm writes down here what it has installed. */
const INSTALLED = "node_modules/.package-lock.json";

if (!isInstalled()) {
  console.log(
    "gateway-emulator: installing packages with `npm ci`. This can take a minute or two, to compile SQLite.",
  );
  const install = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  const { status, error } = spawnSync("npm", install, { stdio: "inherit" });
  if (error) console.error(`gateway-emulator: cannot run npm: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function isInstalled() {
  const installed = packagesOf(INSTALLED);
  if (installed === null) return false;
  return Object.entries(packagesOf("package-lock.json") ?? {}).every(([path, { version, optional }]) => {
    const found = installed[path];
    // Optional packages are for other systems, most of them. The entry "" is the project itself.
    return path === "" || (found === undefined ? optional === true : found.version === version);
  });
}

/** Path → package, or null when there is no such file. */
function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, "utf8")).packages;
  } catch {
    return null;
  }
}
