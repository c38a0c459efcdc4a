// Writes the generated pages of docs/. With `--check` it only checks that they are up to date.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-docs-"));
try {
  const outfile = join(folder, "docs.mjs");
  await build({
    entryPoints: ["scripts/docs-pages.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  const { pages } = await import(pathToFileURL(outfile).href);
  let stale = 0;
  for (const [path, text] of Object.entries(pages())) {
    const current = await readFile(path, "utf8").catch(() => "");
    if (current === text) continue;
    stale++;
    if (process.argv.includes("--check")) console.error(`${path} is out of date: npm run docs`);
    else await writeFile(path, text);
  }
  if (process.argv.includes("--check") && stale > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
