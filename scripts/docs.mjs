// Writes docs/fidelity.md. With `--check` it only checks that the page is up to date.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "rolldown";

const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-docs-"));
try {
  const file = join(folder, "docs.mjs");
  await build({ input: "scripts/fidelity-page.ts", platform: "node", output: { file }, logLevel: "warn" });
  const { fidelityPage } = await import(pathToFileURL(file).href);
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
