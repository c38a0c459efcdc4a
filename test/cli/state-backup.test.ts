import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadDriver } from "../../src/store/driver.js";
import { runCli, startCli, temporaryFolder } from "../support/cli.js";
import { chat, SEED } from "./seed.js";

const Database = loadDriver();

/** Successful chats in a state, by the entries of its ledger. */
function chatsIn(state: string): number {
  const db = new Database(state, { readonly: true });
  try {
    return Number(db.prepare("SELECT count(*) FROM ledger").pluck().get());
  } finally {
    db.close();
  }
}

describe("state export", () => {
  test("of a running emulator under load is a whole state with all that was answered before", async () => {
    await using folder = await temporaryFolder();
    const state = join(folder.path, "state.db");
    const seed = await folder.write("seed.json", SEED);
    await using emulator = await startCli(["--state", state, "--seed", seed]);
    let answered = 0;
    let stop = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!stop) if ((await chat(emulator.url)) === 200) answered++;
    });
    while (answered < 100) await chat(emulator.url);
    for (const name of ["one.db", "two.db"]) {
      const before = answered;
      const backup = join(folder.path, name);
      expect(await runCli(["state", "export", backup, "--state", state])).toMatchObject({
        code: 0,
        stderr: "",
      });
      expect(chatsIn(backup)).toBeGreaterThanOrEqual(before);
      expect((await stat(backup)).mode & 0o777).toBe(0o600);
      const check = await runCli(["state", "check", "--json", "--state", backup]);
      expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, problems: [] });
    }
    stop = true;
    await Promise.all(clients);
  });

  test("does not replace a file without --force", async () => {
    await using folder = await temporaryFolder();
    const state = join(folder.path, "state.db");
    await (await startCli(["--state", state])).process.stop();
    const target = await folder.write("mine.txt", "mine");
    const refused = await runCli(["state", "export", target, "--state", state]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/mine\.txt exists\..*--force/) });
    expect(await readFile(target, "utf8")).toBe("mine");
    expect((await runCli(["state", "export", target, "--state", state, "--force"])).code).toBe(0);
  });
});

describe("state import", () => {
  test("replaces the state, also a damaged one, and refuses while an emulator runs", async () => {
    await using folder = await temporaryFolder();
    const state = join(folder.path, "state.db");
    const backup = join(folder.path, "backup.db");
    const seed = await folder.write("seed.json", SEED);
    {
      await using emulator = await startCli(["--state", state, "--seed", seed]);
      expect(await chat(emulator.url)).toBe(200);
      await runCli(["state", "export", backup, "--state", state]);
      expect(await chat(emulator.url)).toBe(200);
      const refused = await runCli(["state", "import", backup, "--state", state]);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/is in use by another/) });
      emulator.process.signal("SIGKILL"); // Leaves a log, which must not be applied to the backup.
      await emulator.process.ended;
    }
    expect(await runCli(["state", "import", backup, "--state", state])).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(chatsIn(state)).toBe(1);
    const bytes = await readFile(state);
    await writeFile(state, bytes.fill(0xa5, 2 * bytes.readUInt16BE(16)));
    expect((await runCli(["state", "import", backup, "--state", state])).code).toBe(0);
    await using again = await startCli(["--state", state]);
    expect(await chat(again.url)).toBe(200);
  });

  test.each([
    ["another program's file", "hello ".repeat(50), /cannot be imported: .* is not a SQLite file/],
    ["nothing", null, /cannot be imported: .* does not exist/],
  ])("of %s leaves the state as it is", async (_what, content, message) => {
    await using folder = await temporaryFolder();
    const state = join(folder.path, "state.db");
    await (await startCli(["--state", state])).process.stop();
    const before = await readFile(state);
    const file = join(folder.path, "other");
    if (content !== null) await writeFile(file, content);
    const { code, stderr } = await runCli(["state", "import", file, "--state", state]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(await readFile(state)).toEqual(before);
  });
});

describe("state check", () => {
  test("of a running emulator, of damage, and of a broken reference", async () => {
    await using folder = await temporaryFolder();
    const state = join(folder.path, "state.db");
    const seed = await folder.write("seed.json", SEED);
    {
      await using emulator = await startCli(["--state", state, "--seed", seed]);
      const { code, stdout } = await runCli(["state", "check"], { env: { GATEWAY_EMULATOR_STATE: state } });
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/has no problems \(state version/),
      });
      await emulator.process.stop();
    }
    const db = new Database(state);
    db.pragma("foreign_keys = OFF");
    db.exec("DELETE FROM workspaces");
    db.close();
    const broken = await runCli(["state", "check", "--state", state]);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/refers to a missing row of workspaces\n.*has \d+ problems?/s);
    const bytes = await readFile(state);
    await writeFile(state, bytes.fill(0xa5, 2 * bytes.readUInt16BE(16)));
    await chmod(state, 0o400);
    const damaged = await runCli(["state", "check", "--json", "--state", state]);
    expect(damaged.code).toBe(1);
    expect(JSON.parse(damaged.stdout)).toMatchObject({
      file: state,
      ok: false,
      problems: [expect.any(String)],
    });
    expect(await readFile(state)).toEqual(bytes);
  });
});

test("the help of each has examples and exit codes; memory is no file", async () => {
  for (const command of ["export", "import", "check"]) {
    const { code, stdout } = await runCli(["state", command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`Examples?:\\n {2}\\$ gateway-emulator state ${command}[^]*Exit code: 0`),
    );
  }
  const memory = await runCli(["state", "check", "--state", ":memory:"]);
  expect(memory).toMatchObject({ code: 1, stderr: expect.stringMatching(/--state: expected a file/) });
});
