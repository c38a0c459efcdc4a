import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { StateError, startGatewayEmulator } from "../../src/index.js";
import { loadDriver } from "../../src/store/driver.js";
import { QUICKSTART } from "../support/client.js";
import { temporaryFolder } from "./emulator-process.js";
import { goodChat } from "./subject.js";

const Database = loadDriver();

/** Where SQLite keeps the user version, in its header of 100 bytes (sqlite.org/fileformat). */
const USER_VERSION_AT = 60;
const HEADER_BYTES = 100;

/** Starting on `state` fails with one line that says what is wrong; every file of the folder stays as it was. */
async function expectRefusal(state: string, message: RegExp): Promise<void> {
  const before = await contents(join(state, ".."));
  const failure = await startGatewayEmulator({ state, seed: QUICKSTART }).then(
    (gateway) => gateway.stop(),
    (cause: unknown) => cause,
  );
  expect(failure).toBeInstanceOf(StateError);
  expect(String(failure)).toMatch(message);
  expect(String(failure)).not.toContain("\n");
  expect(await contents(join(state, ".."))).toEqual(before);
}

async function contents(folder: string): Promise<[name: string, bytes: string][]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Promise.all(
    files.sort().map(async (name) => [name, (await readFile(join(folder, name))).toString("latin1")]),
  );
}

/** A state file with data, closed. */
async function makeState(state: string): Promise<void> {
  const gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
  expect(await goodChat(gateway)).toBe(200);
  await gateway.stop();
}

describe("a state file that cannot be used is left alone, byte for byte", () => {
  test("written by a newer version", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await makeState(state);
    const bytes = await readFile(state);
    bytes.writeUInt32BE(999, USER_VERSION_AT);
    await writeFile(state, bytes);
    await expectRefusal(state, /newer gateway-emulator \(state version 999, .*Upgrade/);
  });

  test.for([
    ["a long text", "hello ".repeat(100)],
    ["a short text", "hello"],
    ["a truncated SQLite header", "SQLite format 3\0"],
  ] as const)("not a SQLite file: %s", async ([, text]) => {
    await using folder = await temporaryFolder();
    const state = folder.file("notes.txt");
    await writeFile(state, text);
    await expectRefusal(state, /is not a SQLite file\. Name another file/);
  });

  test("a SQLite file of another program", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("other.db");
    const db = new Database(state);
    db.exec("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
    db.close();
    await expectRefusal(state, /SQLite file of another program/);
  });

  test("a damaged file of our own", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await makeState(state);
    const bytes = await readFile(state);
    bytes.fill(0xa5, HEADER_BYTES);
    await writeFile(state, bytes);
    await expectRefusal(state, /state\.db is damaged/);
  });

  test("a file of our own that was cut short", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await makeState(state);
    await writeFile(state, (await readFile(state)).subarray(0, 5_000));
    await expectRefusal(state, /damaged/);
  });

  test("a folder that cannot be made", async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.file("a-file"), "x");
    await expectRefusal(join(folder.file("a-file"), "sub", "state.db"), /Cannot create the folder of/);
    expect((await readFile(folder.file("a-file"))).toString()).toBe("x");
  });

  test("a folder in place of a file", async () => {
    await using folder = await temporaryFolder();
    await mkdir(folder.file("state.db"));
    await expectRefusal(folder.file("state.db"), /is not a file/);
  });

  test("in use by another emulator, which goes on", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await using first = await startGatewayEmulator({ state, seed: QUICKSTART });
    expect(await goodChat(first)).toBe(200);
    await expectRefusal(state, /in use by another gateway-emulator\. Stop it/);
    expect(await goodChat(first)).toBe(200);
  });

  test("an empty file is a new state", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await writeFile(state, "");
    await makeState(state);
    await using again = await startGatewayEmulator({ state });
    expect(await goodChat(again)).toBe(200);
  });
});
