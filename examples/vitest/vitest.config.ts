import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // One emulator for the whole run. Every worker has its own world in it.
    globalSetup: "./gateway.setup.ts",
    maxWorkers: 4,
  },
});
