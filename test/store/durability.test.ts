import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { openDatabase } from "../../src/store/database.js";

/** Values of `PRAGMA synchronous` (sqlite.org/pragma.html). */
const OFF = 0;
const FULL = 2;

test.each([
  ["process", OFF],
  ["power", FULL],
] as const)(
  "durability %s writes ahead, and waits for the disk at every commit or never (Y-81)",
  async (durability, expected) => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
    const db = openDatabase(join(folder, "state.db"), durability);
    expect(db.pragma("synchronous", { simple: true })).toBe(expected);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    db.close();
    await rm(folder, { recursive: true });
  },
);

test("another word is refused", async () => {
  await expect(startGatewayEmulator({ durability: "disk" as "power" })).rejects.toThrow(
    'durability: expected "process" or "power", got "disk"',
  );
});
