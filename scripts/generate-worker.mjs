// The worker thread that generates values for schemas: one file with all that it imports, so that it starts quickly.
import { build } from "rolldown";

const WORKER = "src/generate/worker.ts";

/**
 * @param output rolldown's options for it
 * @returns the code
 */
async function bundle(output) {
  const { output: files } = await build({
    input: { "generate-worker": WORKER },
    platform: "node",
    transform: { target: "node20" },
    write: output.dir !== undefined,
    output: { format: "esm", entryFileNames: "[name].js", codeSplitting: false, comments: false, ...output },
  });
  return files[0].code;
}

/** Writes `generate-worker.js` into a folder. */
export async function writeGenerateWorker(dir) {
  await bundle({ dir, minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } } });
}

/** A plugin for Vitest: tests run the sources, and so does the thread. */
export function generateWorkerFromSources() {
  let code = null;
  return {
    name: "generate worker from sources",
    enforce: "pre",
    async load(id) {
      if (!id.endsWith("/src/generate/worker-url.ts")) return null;
      code ??= bundle({});
      const url = `data:text/javascript;base64,${Buffer.from(await code).toString("base64")}`;
      return `export const WORKER_URL = new URL(${JSON.stringify(url)});`;
    },
  };
}
