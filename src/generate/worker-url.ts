/**
 * Where the file of the worker thread is. A thread loads no TypeScript, so the build and the tests replace this module:
 * `scripts/generate-worker.mjs` bundles `worker.ts` for both.
 */
export const WORKER_URL = new URL("./generate-worker.js", import.meta.url);
