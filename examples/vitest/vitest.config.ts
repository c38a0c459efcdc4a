import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // One emulator for the whole run; every worker has a world of its own in it.
    globalSetup: "./gateway.setup.ts",
    maxWorkers: 4,
  },
});
