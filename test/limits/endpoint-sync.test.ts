import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { BASETEN_TARGET, call, management } from "../support/client.js";
import { group, model, SLUG, status, world } from "./support.js";

const NEW = "acme/new";
const syncing = (endpoint_sync_seconds: number) =>
  world([group("org", [], { models: [model(SLUG), model(NEW)] })], {
    clock: "2026-06-17T12:00:30Z",
    settings: { endpoint_sync_seconds },
  });
const start = (seconds = 60) => startGatewayEmulator({ seed: syncing(seconds) });

/** Whether the gateway routes the slug right now. */
const routes = async (gateway: GatewayEmulator, slug: string) =>
  (await status(gateway, "org", { slug })) === 200;
async function endpointId(gateway: GatewayEmulator, slug: string): Promise<string> {
  const { items } = (await management(gateway).get("/endpoints")).body;
  return items.find((endpoint: { slug: string }) => endpoint.slug === slug).id;
}
const create = (gateway: GatewayEmulator, slug = NEW) =>
  management(gateway).post("/endpoints", { slug, targets: [BASETEN_TARGET] });

describe("E-12: with endpoint_sync_seconds 60 the gateway sees changes at the next multiple of 60 s", () => {
  it("what the seed declares is there from the start", async () => {
    await using gateway = await start();
    expect(await routes(gateway, SLUG)).toBe(true);
  });

  it("created: unknown until then, though the management API shows it", async () => {
    await using gateway = await start();
    expect(await routes(gateway, NEW)).toBe(false);
    expect((await create(gateway)).status).toBe(200);
    expect(await endpointId(gateway, NEW)).toMatch(/\w{8}/);
    expect(await routes(gateway, NEW)).toBe(false);
    await gateway.clock.advance(29_999);
    expect(await routes(gateway, NEW)).toBe(false);
    await gateway.clock.advance(1);
    expect(await routes(gateway, NEW)).toBe(true);
  });

  it("renamed: the old slug routes until then, the new one from then on", async () => {
    await using gateway = await start();
    await management(gateway).patch(`/endpoints/${await endpointId(gateway, SLUG)}`, { slug: NEW });
    const seen = async () => [await routes(gateway, SLUG), await routes(gateway, NEW)];
    expect(await seen()).toEqual([true, false]);
    await gateway.clock.advance(29_999);
    expect(await seen()).toEqual([true, false]);
    await gateway.clock.advance(1);
    expect(await seen()).toEqual([false, true]);
  });

  it("deleted: routes until then; deleted and made again in between, it never stops", async () => {
    await using gateway = await start();
    const remove = async () => management(gateway).delete(`/endpoints/${await endpointId(gateway, SLUG)}`);
    expect((await remove()).status).toBe(200);
    expect((await create(gateway, SLUG)).status).toBe(200);
    await gateway.clock.advance("30s");
    expect(await routes(gateway, SLUG)).toBe(true);
    await remove();
    await gateway.clock.advance(59_999);
    expect(await routes(gateway, SLUG)).toBe(true);
    await gateway.clock.advance(1);
    expect(await routes(gateway, SLUG)).toBe(false);
  });

  it("a new target takes over then", async () => {
    await using gateway = await start();
    const served = async () =>
      (
        await call(gateway, "POST", "/v1/chat/completions", {
          key: gateway.keys.org ?? "",
          body: { model: SLUG, messages: [{ role: "user", content: "hi" }] },
        })
      ).headers.get("x-baseten-model-id");
    await management(gateway).patch(`/endpoints/${await endpointId(gateway, SLUG)}`, {
      targets: [{ provider: "BASETEN", model_id: "other12" }],
    });
    expect(await served()).toBe("3kZ9xqd");
    await gateway.clock.advance("30s");
    expect(await served()).toBe("other12");
  });

  it("nobody need ask in between: each sync sees what was there then, not what came later", async () => {
    await using gateway = await start();
    await create(gateway);
    await gateway.clock.advance("35s"); // 12:01:05, the sync of 12:01:00 has passed
    await management(gateway).delete(`/endpoints/${await endpointId(gateway, NEW)}`);
    expect(await routes(gateway, NEW)).toBe(true);
    await gateway.clock.advance("55s");
    expect(await routes(gateway, NEW)).toBe(false);
  });

  it("an advance names the sync that fell due, once, at its instant", async () => {
    await using gateway = await start();
    await create(gateway);
    await create(gateway, "acme/newer");
    const answer = await call(gateway, "POST", "/_emulator/clock/advance", { key: null, body: { by: "5m" } });
    expect(answer.body).toEqual({
      now: "2026-06-17T12:05:30.000Z",
      fired: [{ at: "2026-06-17T12:01:00.000Z", job: "endpoint sync" }],
    });
    expect(await gateway.clock.advance("5m")).toEqual([]);

    await management(gateway).delete(`/endpoints/${await endpointId(gateway, NEW)}`);
    expect(await gateway.clock.advance({ to: "next_midnight" })).toEqual([
      { at: Date.parse("2026-06-17T12:11:00Z"), job: "endpoint sync" },
    ]);
  });

  it("survives a restart: pending changes stay pending until their time (L-15's file)", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
    const open = () => startGatewayEmulator({ seed: syncing(60), state: join(folder, "state.db") });
    try {
      {
        await using gateway = await open();
        await create(gateway);
      }
      await using gateway = await open();
      expect(await routes(gateway, NEW)).toBe(false);
      expect(await gateway.clock.advance("30s")).toMatchObject([{ job: "endpoint sync" }]);
      expect(await routes(gateway, NEW)).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("reset: back to the seed's endpoints at once", async () => {
    await using gateway = await start();
    await create(gateway);
    await management(gateway).delete(`/endpoints/${await endpointId(gateway, SLUG)}`);
    await gateway.reset();
    expect([await routes(gateway, SLUG), await routes(gateway, NEW)]).toEqual([true, false]);
    expect(await gateway.clock.advance("2m")).toEqual([]);
    expect([await routes(gateway, SLUG), await routes(gateway, NEW)]).toEqual([true, false]);
  });

  it("the default, 0: changes are seen at once", async () => {
    await using gateway = await start(0);
    await create(gateway);
    expect(await routes(gateway, NEW)).toBe(true);
    await management(gateway).delete(`/endpoints/${await endpointId(gateway, SLUG)}`);
    expect(await routes(gateway, SLUG)).toBe(false);
    expect(await gateway.clock.advance("2m")).toEqual([]);
  });
});
