// Builds dist/: bundles, because loading hundreds of module files is slow; types from tsc; the JSON Schema of seed files
// for editors.
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "rolldown";
import { writeGenerateWorker } from "./generate-worker.mjs";
import { writeTypes } from "./types.mjs";

const root = new URL("..", import.meta.url);
process.chdir(new URL(root).pathname);
await rm("dist", { recursive: true, force: true });

/** Not bundled: native modules, a large one that few users need, and the user's test runner. */
const external = ["better-sqlite3", "better-sqlite3-13", /^@faker-js\/faker/, /^vitest/];
const { version } = JSON.parse(await readFile("package.json", "utf8"));

/**
 * Chunks that one moment needs as a whole, in the order of the moments. Each has the modules that its root imports and
 * no chunk before has. A bundler's own division makes dozens of small files, and each takes Node half a millisecond.
 */
const CHUNKS = {
  "command-line": "src/cli/command-line.ts",
  emulator: "src/cli/start/run.ts",
  seeds: "src/config/seed-file.ts",
  surfaces: "src/http/surfaces.ts",
};

/** Commander starts no programs for us, and loading what could is a tenth of the time of `--help`. */
const LAZY_CHILD_PROCESS = "\0lazy-child-process";

await build({
  input: {
    index: "src/index.ts",
    cli: "src/cli/main.ts",
    container: "src/testing/container/index.ts",
    vitest: "src/testing/vitest/index.ts",
    "vitest-global-setup": "src/testing/vitest/global-setup.ts",
    schema: "src/schemas/seed-json-schema.ts",
  },
  platform: "node",
  external,
  // The build of yaml that consists of ES modules.
  resolve: { alias: { yaml: resolve("node_modules/yaml/browser/index.js") } },
  // Node's global Buffer is a getter, and each call costs a tenth of a microsecond.
  // Packages use the timers that the emulator holds on to, whatever a suite puts in their place.
  transform: { target: "node20", inject: { Buffer: ["node:buffer", "Buffer"], ...heldTimers() } },
  plugins: [
    {
      name: "lazy child_process",
      resolveId: {
        filter: { id: /^node:child_process$/ },
        handler: (_, importer) =>
          importer?.includes("/node_modules/commander/") ? LAZY_CHILD_PROCESS : null,
      },
      load: {
        filter: { id: /lazy-child-process$/ },
        handler: () =>
          'export const spawn = (...args) => process.getBuiltinModule("node:child_process").spawn(...args);',
      },
    },
    {
      // Each module that needs the version has it to itself, so that `--version` loads no second file.
      name: "version",
      resolveId: {
        filter: { id: /\/version\.js$/ },
        handler: (_, importer) => `\0version of ${importer}`,
      },
      load: {
        filter: { id: /^\0version of / },
        handler: () => `export const VERSION = ${JSON.stringify(version)};`,
      },
    },
    { name: "import chunks directly", generateBundle: (_, bundle) => removeForwarders(bundle) },
  ],
  output: {
    dir: "dist",
    format: "esm",
    minifyInternalExports: false,
    chunkFileNames: "chunks/[name]-[hash].js",
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    comments: false,
    codeSplitting: { groups: Object.entries(CHUNKS).reverse().map(chunk) },
  },
});

/** The globals that `src/runtime/timers.ts` exports under the same name. */
function heldTimers() {
  const names = [
    "setTimeout",
    "clearTimeout",
    "setInterval",
    "clearInterval",
    "setImmediate",
    "queueMicrotask",
  ];
  return Object.fromEntries(names.map((name) => [name, [resolve("src/runtime/timers.ts"), name]]));
}

/**
 * For a dynamic import of a module that shares its chunk, the bundler makes a file that only exports that module's names
 * again. Importers read the chunk itself instead.
 */
function removeForwarders(bundle) {
  for (const { fileName, code, isDynamicEntry } of Object.values(bundle)) {
    const [, target] = /^export\{[\w,]+\}from"\.\/(.+)";$/.exec(code) ?? [];
    if (!isDynamicEntry || !target) continue;
    delete bundle[fileName];
    for (const importer of Object.values(bundle)) {
      importer.code = importer.code.replaceAll(basename(fileName), target);
    }
  }
}

/** @param priority of two chunks that could have a module, the higher one has it */
function chunk([name, root], priority) {
  let members = null;
  return {
    debugName: name,
    priority,
    name(id, bundle) {
      members ??= importedBy(resolve(root), bundle);
      return members.has(id) ? name : null;
    },
  };
}

/** A module and all that it imports statically. */
function importedBy(root, bundle) {
  const found = new Set([root]);
  for (const id of found) {
    for (const imported of bundle.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  }
  return found;
}

// The chunks ask for it beside themselves.
await writeGenerateWorker("dist/chunks");

// Node looks for the package of each file that it loads, in one folder after the other.
await writeFile("dist/chunks/package.json", '{"type":"module"}\n');

if (!(await writeTypes())) process.exit(1);

const { seedJsonSchema } = await import(pathToFileURL("dist/schema.js").href);
await writeFile("dist/seed.schema.json", `${JSON.stringify(seedJsonSchema(), null, 2)}\n`);
await rm("dist/schema.js");
await chmod("dist/cli.js", 0o755);
