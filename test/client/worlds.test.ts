import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type GatewayWorld, startGatewayEmulator } from "../../src/index.js";
import { BASETEN_TARGET, call } from "../support/client.js";
import { chat, KEY, overBothTransports, UNKNOWN_KEY } from "./transports.js";

const ADDED_KEY = "sky_addedkey0001.local-secret";
const ADDED = {
  workspaces: [
    {
      name: "other",
      endpoints: [{ slug: "other/llama", targets: [BASETEN_TARGET] }],
      groups: [
        {
          external_entity_id: "added",
          models: [{ slug: "other/llama" }],
          keys: [{ name: "added-key", key: ADDED_KEY }],
        },
      ],
    },
  ],
};

async function withFolder(work: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
  await work(folder).finally(() => rm(folder, { recursive: true }));
}

overBothTransports((open) => {
  describe("the view", () => {
    test("name, URLs, keys, environment, example", async () => {
      await using opened = await open();
      const { gateway, client } = opened;
      const { name, url, inferenceUrl, workspaceKey, keys, env, example } = client;
      expect({ name, url, inferenceUrl, workspaceKey, keys, env, example }).toEqual({
        name: "default",
        url: `http://127.0.0.1:${gateway.port}`,
        inferenceUrl: `http://127.0.0.1:${gateway.port}/v1`,
        workspaceKey: "emulator.local-development-key",
        keys: { "acme-prod": KEY },
        env: {
          GATEWAY_EMULATOR_URL: gateway.url,
          BASETEN_API_KEY: "emulator.local-development-key",
          BASETEN_BASE_URL: `${gateway.url}/v1`,
          OPENAI_BASE_URL: `${gateway.url}/v1`,
          OPENAI_API_KEY: KEY,
        },
        example: { key: KEY, slug: "acme/llama" },
      });
    });
  });

  describe("seeds", () => {
    test("add to the state until a reset, and the keys follow", async () => {
      await using opened = await open();
      const { client } = opened;
      await client.seed(ADDED);
      expect(Object.keys(client.keys)).toEqual(["acme-prod", "added-key"]);
      expect((await chat(client, { key: ADDED_KEY, model: "other/llama" })).status).toBe(200);
      await client.reset();
      expect(Object.keys(client.keys)).toEqual(["acme-prod"]);
      expect((await chat(client, { key: ADDED_KEY })).status).toBe(403);
    });

    test("PUT: another seed is what a reset goes back to, and what worlds start from", async () => {
      await using opened = await open();
      const { gateway, client } = opened;
      await client.world("w0");
      await client.reseed(ADDED);
      await client.reset();
      expect(client.keys).toEqual({ "added-key": ADDED_KEY });
      expect((await client.world("w1")).keys).toEqual(client.keys);
      await client.reseed("fixtures/quickstart.yaml");
      expect(client.keys).toEqual(gateway.keys);
      expect(gateway.keys).not.toHaveProperty("added-key");
    });

    test("wrong ones are an InvalidSeed with the path, and change nothing", async () => {
      await using opened = await open();
      const { client } = opened;
      const { endpoints } = ADDED.workspaces[0] ?? {};
      const taken = { workspaces: ["a", "b"].map((name) => ({ name, endpoints: endpoints ?? [] })) };
      const wrong: [seed: object | string, problem: object][] = [
        [taken, { path: "workspaces.1.endpoints.0", line: null }],
        [{ workspace: [] }, { path: "workspace", message: expect.stringContaining('"workspaces"') }],
        ["fixtures/nowhere.yaml", { file: "fixtures/nowhere.yaml", message: "no such file" }],
      ];
      for (const [seed, problem] of wrong) {
        for (const use of [client.reseed, client.seed]) {
          await expect(use.call(client, seed)).rejects.toMatchObject({
            name: "InvalidSeed",
            problems: [problem],
          });
        }
      }
      expect((await chat(client)).status).toBe(200);
    });
  });

  describe("snapshots", () => {
    test("are restored by themselves or by name", async () => {
      await using opened = await open();
      const { client } = opened;
      const snapshot = await client.snapshot();
      expect(snapshot).toEqual({
        name: "snapshot-1",
        at: Date.parse("2026-06-17T12:00:00Z"),
        bytes: expect.any(Number),
        file: null,
      });
      await client.snapshot({ name: "named" });
      for (const source of [snapshot, "named"]) {
        await chat(client);
        await client.restore(source);
        expect(await client.requests()).toEqual([]);
      }
      await client.seed(ADDED);
      await client.restore(snapshot);
      expect(Object.keys(client.keys)).toEqual(["acme-prod"]);
      await expect(client.restore("nothing")).rejects.toThrow(
        'There is no snapshot "nothing"; there are snapshot-1, named.',
      );
    });

    test("are written to a file of the caller's, which another emulator restores or starts from", async () => {
      await withFolder(async (folder) => {
        const file = join(folder, "100 % snapshot.db");
        {
          await using opened = await open();
          await chat(opened.client);
          const { bytes, name, ...rest } = await opened.client.snapshot({ file, name: "kept" });
          expect([name, rest.file, bytes]).toEqual(["kept", file, (await readFile(file)).byteLength]);
          await opened.client.restore("kept");
        }
        await using opened = await open({});
        const { client } = opened;
        await client.restore({ file });
        expect(await client.requests({ surface: "inference" })).toHaveLength(1);
        expect(client.keys).toEqual({ "acme-prod": KEY });
        expect((await chat(client)).status).toBe(200);
        await expect(client.restore(file)).rejects.toThrow("none was taken");
        await using started = await startGatewayEmulator({ state: file });
        expect([started.resumed, (await started.billing.events()).length]).toEqual([true, 1]);
      });
    });

    test("a file that is none is refused by its name, and nothing changes", async () => {
      await using opened = await open();
      const { client } = opened;
      await chat(client);
      await withFolder(async (folder) => {
        const file = join(folder, "text.db");
        await writeFile(file, "not a database");
        await expect(client.restore({ file })).rejects.toMatchObject({
          name: "ControlError",
          status: 400,
          message: expect.stringContaining(`${file} is not a SQLite file`),
        });
        await expect(client.restore({ file: join(folder, "absent.db") })).rejects.toThrow("ENOENT");
      });
      expect(await client.requests()).toHaveLength(1);
    });
  });

  describe("worlds", () => {
    test("are made unless they exist", async () => {
      await using opened = await open();
      const { gateway, client } = opened;
      await chat(client);
      const world = await client.world("w1");
      expect([world.name, world.url]).toEqual(["w1", `${gateway.url}/_worlds/w1`]);
      expect(await world.requests()).toEqual([]);
      await chat(world);
      const asked = async (name: string, options?: { from: string }) =>
        (await (await client.world(name, options)).requests()).length;
      expect([await asked("w1"), await asked("default"), await asked("copy", { from: "w1" })]).toEqual([
        1, 1, 1,
      ]);
      expect(await client.worlds()).toEqual(["default", "w1", "copy"]);
      await client.removeWorld("w1");
      expect(gateway.worlds()).toEqual(["default", "copy"]);
      await expect(world.requests()).rejects.toThrow('world "w1"');
    });

    test("with a wrong name or source are refused by a ControlError", async () => {
      await using opened = await open();
      const { client } = opened;
      await client.world("w1");
      const refused: [work: () => Promise<unknown>, status: number, message: string][] = [
        [() => client.world("a b"), 400, "name: expected 1 to 64 letters"],
        [() => client.world("w1", { from: "seed" }), 400, 'name: "w1" is taken'],
        [() => client.world("w2", { from: "w3" }), 404, 'There is no world "w3"; there are default, w1.'],
        [() => client.removeWorld("w3"), 404, 'There is no world "w3"; there are default, w1.'],
        [() => client.removeWorld("default"), 400, "the default world"],
      ];
      for (const [work, status, message] of refused) {
        await expect(work()).rejects.toMatchObject({
          name: "ControlError",
          status,
          code: status === 404 ? "NOT_FOUND" : "VALIDATION_ERROR",
          message: expect.stringContaining(message),
        });
      }
    });

    test("which errors were provoked, over all of them", async () => {
      await using opened = await open();
      const { gateway, client } = opened;
      await chat(await client.world("w1"), { key: UNKNOWN_KEY });
      const coverage = await client.errorCoverage();
      expect(coverage.provoked).toBe(1);
      expect(coverage).toEqual(gateway.errorCoverage());
    });
  });
});

describe("in process", () => {
  test("the view is current whoever changes the world", async () => {
    await using gateway = await startGatewayEmulator();
    const world: GatewayWorld = await gateway.world("w1");
    for (const each of [gateway, world]) await call(each, "PUT", "/_emulator/seed", { body: ADDED });
    expect([gateway.keys, world.keys]).toEqual(Array(2).fill({ "added-key": ADDED_KEY }));
    expect(world.env.OPENAI_API_KEY).toBe(ADDED_KEY);
    expect(gateway.example).toEqual({ key: ADDED_KEY, slug: "other/llama" });
  });

  test("onRequest is called for every world, however it was made", async () => {
    const seen: string[] = [];
    await using gateway = await startGatewayEmulator({ onRequest: ({ path }) => seen.push(path) });
    await gateway.world("w1");
    await call(gateway, "POST", "/_emulator/worlds", { body: { name: "w2" } });
    for (const path of ["/a", "/_worlds/w1/b", "/_worlds/w2/c"]) await fetch(gateway.url + path);
    expect(seen).toEqual(["/a", "/b", "/c"]);
  });
});
