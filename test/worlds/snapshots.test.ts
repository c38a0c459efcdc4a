import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type GatewayWorld, startGatewayEmulator } from "../../src/index.js";
import { call, management, QUICKSTART } from "../support/client.js";

const CHAT = { model: "acme/llama", messages: [{ role: "user", content: "hello" }] };

async function chat(world: GatewayWorld) {
  return call(world, "POST", "/v1/chat/completions", { key: world.keys["acme-prod"] ?? null, body: CHAT });
}

/** What a world shows of itself. */
async function portrait(world: GatewayWorld) {
  const groups = await management(world).get("/groups");
  return {
    groups: groups.body.items,
    clock: await world.clock.read(),
    journal: (await world.requests({ surface: "inference" })).length,
    billed: await world.billing.events(),
    usage: (await management(world).get(`/groups/${groups.body.items[0].id}/usage`)).body,
  };
}

async function withFolder(work: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
  await work(folder).finally(() => rm(folder, { recursive: true }));
}

describe("snapshot and restore", () => {
  test("everything is as it was: groups, counters, clock, journal, bills, and the ids to come", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway);
    await gateway.clock.advance("1h");
    const before = await portrait(gateway);
    const snapshot = await gateway.snapshot();

    const first = await gateway.createGroup({ external_entity_id: "later", models: ["acme/llama"] });
    const answer = await chat(gateway);
    await gateway.clock.advance("1d");
    await gateway.restore(snapshot);

    expect(await portrait(gateway)).toEqual(before);
    const again = await gateway.createGroup({ external_entity_id: "later", models: ["acme/llama"] });
    expect(again).toEqual(first);
    expect((await chat(gateway)).text).toBe(answer.text);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("keys revoked since live again, keys minted since do not", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway);
    const [group] = (await management(gateway).get("/groups")).body.items;
    const snapshot = await gateway.snapshot();
    const { api_key } = await gateway.mintKey(group);
    await management(gateway).delete(`/groups/${group.id}/api_keys/sky_acmeprod0001`);
    expect((await chat(gateway)).status).toBe(403);

    await gateway.restore(snapshot);
    expect((await chat(gateway)).status).toBe(200);
    const minted = await call(gateway, "POST", "/v1/chat/completions", { key: api_key, body: CHAT });
    expect(minted.status).toBe(403);
  });

  test("settings and keys that were seeded on top belong to it; a later reset goes to the seed", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await gateway.seed({ settings: { unmatched: "error" } });
    const snapshot = await gateway.snapshot();
    await gateway.reset();
    expect((await chat(gateway)).status).toBe(200);
    await gateway.restore(snapshot.name);
    expect((await chat(gateway)).status).toBe(400);
    await gateway.reset();
    expect((await chat(gateway)).status).toBe(200);
  });

  test("what was seeded on top survives a restart, until a reset", async () => {
    await withFolder(async (folder) => {
      const state = join(folder, "state.db");
      {
        await using gateway = await startGatewayEmulator({ state, seed: QUICKSTART });
        await gateway.seed({ settings: { unmatched: "error" } });
        await gateway.snapshot();
      }
      await using gateway = await startGatewayEmulator({ state });
      expect((await chat(gateway)).status).toBe(400);
      await gateway.reset();
      expect((await chat(gateway)).status).toBe(200);
    });
  });

  test("a file is restored by a later process, or started from", async () => {
    await withFolder(async (folder) => {
      const file = join(folder, "snapshot.db");
      {
        await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
        await chat(gateway);
        expect(await gateway.snapshot({ file })).toMatchObject({ file });
      }
      await using later = await startGatewayEmulator();
      await later.restore({ file });
      expect(await later.requests({ surface: "inference" })).toHaveLength(1);
      expect((await chat(later)).status).toBe(200);
      await using started = await startGatewayEmulator({ state: file });
      expect(started.resumed).toBe(true);
      expect(await started.billing.events()).toHaveLength(1);
    });
  });

  test("what is no snapshot is refused with one line, and nothing changes", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway);
    await expect(gateway.restore("nothing")).rejects.toThrow(
      'There is no snapshot "nothing"; none was taken.',
    );
    await withFolder(async (folder) => {
      const file = join(folder, "text.db");
      await writeFile(file, "not a database");
      await expect(gateway.restore({ file })).rejects.toThrow("is not a SQLite file");
      await expect(gateway.restore({ file: join(folder, "absent.db") })).rejects.toThrow("ENOENT");
    });
    expect(await gateway.requests()).toHaveLength(1);
  });
});

describe("the control plane", () => {
  test("POST takes a snapshot, GET lists it, restore goes back, DELETE forgets it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const taken = await call(gateway, "POST", "/_emulator/snapshots", { body: { name: "clean" } });
    expect(taken.body).toEqual({ name: "clean", at: "2026-06-17T12:00:00.000Z", bytes: expect.any(Number) });
    await gateway.createGroup({ external_entity_id: "later", models: ["acme/llama"] });
    expect((await call(gateway, "GET", "/_emulator/snapshots")).body.items).toHaveLength(1);
    expect((await call(gateway, "POST", "/_emulator/snapshots/clean/restore")).body).toEqual({ ok: true });
    expect((await management(gateway).get("/groups")).body.items).toHaveLength(1);
    expect((await call(gateway, "DELETE", "/_emulator/snapshots/clean")).body).toEqual({ name: "clean" });
    expect((await call(gateway, "POST", "/_emulator/snapshots/clean/restore")).status).toBe(404);
  });
});
