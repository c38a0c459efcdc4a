import { defineConfig } from "vitest/config";
import { generateWorkerFromSources } from "./scripts/generate-worker.mjs";

export default defineConfig({
  plugins: [generateWorkerFromSources()],
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Vitest leaves a core free, which on two cores is half of them; tests wait for sockets and processes anyway.
    maxWorkers: "100%",
  },
});
