// Writes docs/fidelity.md. With `--check` it only checks that the page is up to date.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-docs-"));
try {
  const outfile = join(folder, "docs.mjs");
  await build({
    entryPoints: ["scripts/fidelity-page.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  const { fidelityPage } = await import(pathToFileURL(outfile).href);
  const path = "docs/fidelity.md";
  const text = fidelityPage();
  const isCurrent = text === (await readFile(path, "utf8").catch(() => ""));
  if (!process.argv.includes("--check")) await writeFile(path, text);
  else if (!isCurrent) {
    console.error(`${path} is out of date: npm run docs`);
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
