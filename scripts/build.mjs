// Builds dist/: one bundle per entry point, because loading hundreds of module files is slow; types from tsc; the
// JSON Schema of seed files for editors.
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { writeTypes } from "./types.mjs";

const root = new URL("..", import.meta.url);
process.chdir(new URL(root).pathname);
await rm("dist", { recursive: true, force: true });

/** Not bundled: native modules, a large one that few users need, and the user's test runner. */
const external = ["better-sqlite3", "better-sqlite3-13", "@faker-js/faker", "vitest"];
const { version } = JSON.parse(await readFile("package.json", "utf8"));

await build({
  entryPoints: {
    index: "src/index.ts",
    cli: "src/cli/main.ts",
    container: "src/testing/container/index.ts",
    vitest: "src/testing/vitest/index.ts",
    "vitest-global-setup": "src/testing/vitest/global-setup.ts",
    schema: "src/schemas/seed-json-schema.ts",
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external,
  // The build of yaml that consists of ES modules.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  minifySyntax: true,
  minifyWhitespace: true,
  chunkNames: "chunks/[name]-[hash]",
  legalComments: "none",
  // Bundled CommonJS dependencies load Node's modules with `require`.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  plugins: [
    {
      name: "version",
      setup({ onLoad }) {
        onLoad({ filter: /package\.json$/ }, ({ path }) =>
          path === `${process.cwd()}/package.json`
            ? { contents: JSON.stringify({ version }), loader: "json" }
            : undefined,
        );
      },
    },
  ],
});

// Node looks for the package of each file that it loads, in one folder after the other.
await writeFile("dist/chunks/package.json", '{"type":"module"}\n');

if (!(await writeTypes())) process.exit(1);

const { seedJsonSchema } = await import(pathToFileURL("dist/schema.js").href);
await writeFile("dist/seed.schema.json", `${JSON.stringify(seedJsonSchema(), null, 2)}\n`);
await rm("dist/schema.js");
await chmod("dist/cli.js", 0o755);
