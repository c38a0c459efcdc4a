import { spawnSync } from "node:child_process";
import { chmod, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/cli.js";
import { CHECKOUT } from "./support.js";

const SCRIPT = join(CHECKOUT, "scripts", "ensure-installed.mjs");
/** Stands for npm, so that nothing is downloaded. */
const NPM = '#!/bin/sh\necho "npm $*"\nexit $NPM_EXIT\n';
const INSTALLS = /^gateway-emulator: installing packages .*\nnpm ci --include=dev --no-audit --no-fund\n$/;

type Packages = Record<string, { version?: string; optional?: boolean }>;
const LOCKED: Packages = {
  "": { version: "0.1.0" },
  "node_modules/hono": { version: "4.13.19" },
  "node_modules/only-for-windows": { version: "1.0.0", optional: true },
};

/** Runs the script in a folder whose package-lock.json is {@link LOCKED}. @param installed null: no node_modules */
async function run(installed: Packages | null, npmExit = 0) {
  await using folder = await temporaryFolder();
  for (const name of ["node_modules", "bin"]) await mkdir(join(folder.path, name));
  await folder.write("package-lock.json", JSON.stringify({ packages: LOCKED }));
  if (installed !== null) {
    await folder.write("node_modules/.package-lock.json", JSON.stringify({ packages: installed }));
  }
  await chmod(await folder.write("bin/npm", NPM), 0o755);
  const PATH = [join(folder.path, "bin"), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, NPM_EXIT: String(npmExit) };
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT], {
    cwd: folder.path,
    env,
    encoding: "utf8",
  });
  return { status, stdout };
}

describe("before npm start and npm test", () => {
  test("without node_modules: one line, then npm ci", async () => {
    const { status, stdout } = await run(null);
    expect(status).toBe(0);
    expect(stdout).toMatch(INSTALLS);
  });

  test.each([
    ["a package is missing", {}],
    ["a package has another version", { "node_modules/hono": { version: "4.13.18" } }],
    [
      "an optional package has another version",
      { "node_modules/hono": { version: "4.13.19" }, "node_modules/only-for-windows": { version: "2.0.0" } },
    ],
  ])("%s: npm ci", async (_, installed) => {
    expect((await run(installed)).stdout).toMatch(INSTALLS);
  });

  test("everything is installed, but for an optional package: nothing is said or done", async () => {
    expect(await run({ "node_modules/hono": { version: "4.13.19" } })).toEqual({ status: 0, stdout: "" });
  });

  test("a failed install ends with its code", async () => {
    expect((await run(null, 7)).status).toBe(7);
  });
});
