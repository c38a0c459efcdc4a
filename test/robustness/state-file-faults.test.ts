import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, StateError, startGatewayEmulator } from "../../src/index.js";
import { call, management, QUICKSTART } from "../support/client.js";
import { temporaryFolder } from "./emulator-process.js";
import { goodChat } from "./subject.js";

const command = promisify(execFile);

/** Why this user cannot try it; null: it can. */
const NO_ROOT = process.getuid?.() === 0 ? null : "needs root";

/** A stopped state with data. */
async function makeState(state: string): Promise<void> {
  const gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
  for (let chat = 0; chat < 20; chat++) expect(await goodChat(gateway)).toBe(200);
  await gateway.stop();
}

async function refusal(state: string): Promise<string> {
  const cause = await startGatewayEmulator({ state, seed: QUICKSTART }).then(
    (gateway) => gateway.stop(),
    (error: unknown) => error,
  );
  expect(cause).toBeInstanceOf(StateError);
  const { message } = cause as StateError;
  expect(message).not.toContain("\n");
  return message;
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

/** Overwrites all pages but the first, where the header and the list of tables are. */
async function damageInnerPages(state: string): Promise<void> {
  const bytes = await readFile(state);
  const page = bytes.readUInt16BE(16);
  bytes.fill(0xa5, 2 * page);
  await writeFile(state, bytes);
}

const health = (gateway: GatewayEmulator) => call(gateway, "GET", "/_emulator/health");

describe("who can read a state", () => {
  test.skipIf(process.platform === "win32")("a new file and its log are for their owner only", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await using gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
    expect(await goodChat(gateway)).toBe(200);
    expect(await modeOf(state)).toBe("600");
    expect(await modeOf(`${state}-wal`)).toBe("600");
  });

  test.skipIf(process.platform === "win32")("a new folder too, and git ignores it", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("made/here/state.db");
    await makeState(state);
    expect(await modeOf(dirname(state))).toBe("700");
    expect(await readFile(join(dirname(state), ".gitignore"), "utf8")).toBe("*\n");
  });

  test("a folder that was there stays as it is", async () => {
    await using folder = await temporaryFolder();
    await mkdir(folder.file("mine"));
    await chmod(folder.file("mine"), 0o755);
    await makeState(folder.file("mine/state.db"));
    expect(await readdir(folder.file("mine"))).toEqual(["state.db"]);
    expect(await modeOf(folder.file("mine"))).toBe("755");
  });
});

test("a state holds the keys of its seed, which a reset needs, and hashes of minted ones", async () => {
  await using folder = await temporaryFolder();
  const state = folder.file("state.db");
  const gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
  const { items } = (await management(gateway).get("/groups")).body;
  const minted = (await management(gateway).post(`/groups/${items[0].id}/api_keys`, {})).body.api_key;
  await gateway.stop();
  const bytes = await readFile(state);
  expect(bytes.includes(gateway.keys["acme-prod"] ?? "")).toBe(true);
  expect(bytes.includes(minted.split(".")[1])).toBe(false);
});

describe("a state that cannot be opened: one line that says what to do", () => {
  test("damaged inner pages", async () => {
    await using folder = await temporaryFolder();
    await makeState(folder.file("state.db"));
    await damageInnerPages(folder.file("state.db"));
    expect(await refusal(folder.file("state.db"))).toMatch(
      /state\.db is damaged \(.+\)\. Restore a backup with .* import, start over with --reset, or name another/,
    );
  });

  test("a stored value that is not JSON", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await makeState(state);
    const bytes = await readFile(state);
    const at = bytes.indexOf('{"mode":"frozen"');
    bytes.write("[", at);
    await writeFile(state, bytes);
    expect(await refusal(state)).toMatch(/is damaged .*--reset/);
  });

  test("--reset makes a damaged file anew", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await makeState(state);
    await damageInnerPages(state);
    await using gateway = await startGatewayEmulator({ state, seed: QUICKSTART, reset: true });
    expect(await goodChat(gateway)).toBe(200);
  });

  test("--reset does not touch a file that is not ours", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("notes.txt");
    await writeFile(state, "dear diary ".repeat(50));
    const start = startGatewayEmulator({ state, seed: QUICKSTART, reset: true });
    await expect(start).rejects.toThrow(/is not a SQLite file/);
    expect(await readFile(state, "utf8")).toContain("dear diary");
  });

  test("a link that leads nowhere", async () => {
    await using folder = await temporaryFolder();
    await symlink(folder.file("gone.db"), folder.file("state.db"));
    expect(await refusal(folder.file("state.db"))).toMatch(/is a link to .*gone\.db, which does not exist/);
  });

  test.skipIf(process.platform === "win32")("a FIFO", async () => {
    await using folder = await temporaryFolder();
    await command("mkfifo", [folder.file("state.db")]);
    expect(await refusal(folder.file("state.db"))).toMatch(/is not a file\. Name a file with --state/);
  });

  test.skipIf(process.platform !== "linux")("a folder that the system never makes", async () => {
    expect(await refusal("/proc/nope/x.db")).toMatch(
      /^Cannot create the folder of \/proc\/nope\/x\.db: ENOENT/,
    );
  });

  test.skipIf(NO_ROOT !== null)(
    `a file on a read-only disk${NO_ROOT ? `: skipped, ${NO_ROOT}` : ""}`,
    async () => {
      await using folder = await temporaryFolder();
      await using disk = await mounted(folder.file("disk"), "8m");
      await makeState(disk.file("state.db"));
      await command("mount", ["-o", "remount,ro", folder.file("disk")]);
      expect(await refusal(disk.file("state.db"))).toMatch(/cannot be written \(.*EROFS.*copy it elsewhere/);
      expect(await refusal(disk.file("new.db"))).toMatch(/Cannot create the state file .*EROFS/);
    },
  );
});

describe("a state file that goes away while it is in use", () => {
  test.each([
    ["deleted", (state: string) => rm(state)],
    ["replaced", (state: string) => rename(`${state}.other`, state)],
  ])("%s: health says so, writes are 500 in the surface's shape, reads go on", async (what, lose) => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await makeState(`${state}.other`);
    await using gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
    expect((await health(gateway)).body).toMatchObject({ status: "ok" });
    await lose(state);
    expect((await health(gateway)).body).toMatchObject({
      status: "degraded",
      problem: expect.stringMatching(new RegExp(`was ${what} while the emulator runs`)),
    });
    expect(await goodChat(gateway)).toBe(500);
    const write = await management(gateway).post("/groups", { metadata: { external_entity_id: "new" } });
    expect(write.status).toBe(500);
    expect(write.body).toMatchObject({ code: "INTERNAL" });
    expect(write.headers.get("x-emulator-hint")).toMatch(/nothing can be stored/);
    expect((await management(gateway).get("/groups")).status).toBe(200);
  });

  test("it is noticed without a question, with a warning", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await using gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
    const warning = once(process, "warning");
    await rm(state);
    expect(String((await warning)[0])).toMatch(/state\.db was deleted while the emulator runs/);
    expect(await goodChat(gateway)).toBe(500);
  });

  test("a reset makes a deleted one anew", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    const gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
    await rm(state);
    await gateway.reset();
    expect(await goodChat(gateway)).toBe(200);
    expect((await health(gateway)).body).toMatchObject({ status: "ok" });
    await gateway.stop();
    await using again = await startGatewayEmulator({ state });
    expect(await again.requests({ status: 200 })).toHaveLength(1);
  });
});

describe.skipIf(NO_ROOT !== null)(`a full disk${NO_ROOT ? `: skipped, ${NO_ROOT}` : ""}`, () => {
  test("reads and reset keep working, and nothing acknowledged is lost", async () => {
    await using folder = await temporaryFolder();
    await using disk = await mounted(folder.file("disk"), "2m");
    const state = disk.file("state.db");
    await using gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
    let answered = 0;
    while ((await goodChat(gateway)) === 200) answered++;
    expect((await health(gateway)).body).toMatchObject({
      status: "degraded",
      problem: expect.stringMatching(/disk of the state file is full: make room/),
    });
    expect((await management(gateway).get("/groups")).status).toBe(200);
    expect(
      (await call(gateway, "GET", "/_emulator/requests?status=200&slug=acme/llama&limit=1")).body.total,
    ).toBe(answered);
    await gateway.reset();
    expect((await health(gateway)).body).toMatchObject({ status: "ok" });
    expect(await goodChat(gateway)).toBe(200);
  });
});

/** A disk of that size in memory. */
async function mounted(
  path: string,
  size: string,
): Promise<AsyncDisposable & { file(name: string): string }> {
  await mkdir(path);
  await command("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
  return {
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: async () => void (await command("umount", ["-l", path])),
  };
}
