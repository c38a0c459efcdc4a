import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { loadDriver } from "../../src/store/driver.js";

/** What SQLite says of itself. */
function versionOf(Driver: ReturnType<typeof loadDriver>): unknown {
  const db = new Driver(":memory:");
  try {
    return db.prepare("SELECT sqlite_version()").pluck().get();
  } finally {
    db.close();
  }
}

test("this Node has a line of better-sqlite3 that it runs", () => {
  expect(versionOf(loadDriver())).toMatch(/^3\./);
});

test.skipIf(Number.parseInt(process.versions.node, 10) < 22)(
  "Node 22 and later get the line with its own binaries (it ends earlier ones)",
  () => {
    const require = createRequire(import.meta.url);
    expect(loadDriver("v22.0.0")).toBe(require("better-sqlite3-13"));
  },
);
