import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadDriver } from "../../src/store/driver.js";
import { type Folder, runCli, startCli, temporaryFolder } from "../support/cli.js";
import { BASETEN_TARGET } from "../support/client.js";
import { chat, KEY, manage, SEED } from "./seed.js";

const Database = loadDriver();

describe("the state file", () => {
  test("endpoints, groups and keys are there after a stop and a start", async () => {
    await using folder = await temporaryFolder();
    const args = ["--state", join(folder.path, "deep", "er", "state.db")];
    let key: string;
    {
      await using emulator = await startCli(args);
      await manage(emulator.url, "POST", "/endpoints", { slug: "acme/llama", targets: [BASETEN_TARGET] });
      const group = await manage(emulator.url, "POST", "/groups", {
        metadata: { external_entity_id: "org" },
        models: [{ slug: "acme/llama" }],
        hierarchy: {},
      });
      key = (await manage(emulator.url, "POST", `/groups/${group.id}/api_keys`, {})).api_key;
      expect(await chat(emulator.url, key)).toBe(200);
      expect(await emulator.process.stop()).toEqual({ code: 0, signal: null });
    }
    await using emulator = await startCli(args);
    await emulator.process.waitFor(/resumed; --reset starts over/);
    expect(await chat(emulator.url, key)).toBe(200);
  });

  test("what was acknowledged survives SIGKILL", async () => {
    await using folder = await temporaryFolder();
    const args = ["--state", join(folder.path, "state.db")];
    {
      await using emulator = await startCli(args);
      await manage(emulator.url, "POST", "/endpoints", { slug: "acme/llama", targets: [BASETEN_TARGET] });
      emulator.process.signal("SIGKILL");
      await emulator.process.ended;
    }
    await using emulator = await startCli(args);
    const { items } = await manage(emulator.url, "GET", "/endpoints");
    expect(items).toMatchObject([{ slug: "acme/llama" }]);
  });

  test("on a state with data a seed is only the target of reset, unless --reset is given", async () => {
    await using folder = await temporaryFolder();
    const state = join(folder.path, "state.db");
    const seed = await folder.write("seed.json", SEED);
    await (await startCli(["--state", state])).process.stop();
    {
      await using emulator = await startCli(["--state", state, "--seed", seed]);
      await emulator.process.waitFor(/not applied because the state has data \(--reset applies it\)/);
      expect(await chat(emulator.url)).toBe(403);
      await fetch(`${emulator.url}/_emulator/reset`, { method: "POST" });
      expect(await chat(emulator.url)).toBe(200);
      await emulator.process.stop();
    }
    const other = await folder.write("other.json", SEED.replace(KEY, "sky_otherprod001.local-secret"));
    await using emulator = await startCli(["--state", state, "--seed", other, "--reset"]);
    expect(await chat(emulator.url, "sky_otherprod001.local-secret")).toBe(200);
    expect(await chat(emulator.url)).toBe(403);
  });
});

describe("a state file that cannot be used is told in one line, exit 1, and stays as it is", () => {
  test("written by a newer version", async () => {
    await using folder = await temporaryFolder();
    const state = join(folder.path, "state.db");
    await (await startCli(["--state", state])).process.stop();
    const bytes = await readFile(state);
    bytes.writeUInt32BE(9999, USER_VERSION_AT);
    await refused(folder, "newer.db", bytes, /written by a newer gateway-emulator \(state version 9999/);
  });

  test("not SQLite", async () => {
    await using folder = await temporaryFolder();
    await refused(folder, "notes.txt", Buffer.from("dear diary\n".repeat(50)), /is not a SQLite file/);
  });

  test("another program's SQLite file", async () => {
    await using folder = await temporaryFolder();
    const foreign = new Database(join(folder.path, "foreign.db"));
    foreign.exec("CREATE TABLE cookies (name TEXT); INSERT INTO cookies VALUES ('theirs')");
    foreign.close();
    const bytes = await readFile(join(folder.path, "foreign.db"));
    await refused(folder, "foreign.db", bytes, /is a SQLite file of another program/);
  });

  test("a folder that cannot be made", async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write("file", "");
    const { code, stderr } = await runCli(["--port", "0", "--state", join(file, "below", "state.db")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^gateway-emulator: Cannot create the folder of .*\n$/);
    expect(await readFile(file, "utf8")).toBe("");
  });

  test("a folder in its place", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "state.db"));
    const { code, stderr } = await runCli(["--port", "0", "--state", join(folder.path, "state.db")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^gateway-emulator: .* is not a file\. .*\n$/);
  });

  test("in use by a running emulator, which is not disturbed", async () => {
    await using folder = await temporaryFolder();
    const state = join(folder.path, "state.db");
    const seed = await folder.write("seed.json", SEED);
    await using emulator = await startCli(["--state", state, "--seed", seed]);
    const before = await readFile(state);
    const { code, stderr } = await runCli(["--port", "0", "--state", state]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `gateway-emulator: ${state} is in use by another gateway-emulator. Stop it, or name another file with --state.\n`,
    );
    expect(await readFile(state)).toEqual(before);
    expect(await chat(emulator.url)).toBe(200);
  });
});

/** Where SQLite's header has the user version (sqlite.org/fileformat). */
const USER_VERSION_AT = 60;

async function refused(folder: Folder, name: string, bytes: Uint8Array, message: RegExp): Promise<void> {
  const state = await folder.write(name, bytes);
  const files = await readdir(folder.path);
  const { code, stdout, stderr } = await runCli(["--port", "0", "--state", state]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(await readFile(state)).toEqual(Buffer.from(bytes));
  expect(await readdir(folder.path), "nothing beside it").toEqual(files);
}
