import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { BASETEN_TARGET, management, QUICKSTART } from "../../support/client.js";
import { advance, chat, endpointId, groupId } from "./support.js";

const SLUGS = [{ slug: "acme/llama" }, { slug: "acme/new" }];
const DELAYED = { ...QUICKSTART, settings: { endpoint_sync_seconds: 60 } };

/** Lets the group call both slugs; answers the status of a chat with the slug. */
async function caller(gateway: GatewayEmulator): Promise<(slug: string) => Promise<number>> {
  await management(gateway).patch(`/groups/${await groupId(gateway, "org")}`, { models: SLUGS });
  return async (slug) => (await chat(gateway, String(gateway.keys["acme-prod"]), slug)).status;
}

const NEW = { slug: "acme/new", targets: [BASETEN_TARGET] };

describe("when the gateway sees an endpoint change", () => {
  test("E-12: by default at once", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const status = await caller(gateway);
    const { body } = await management(gateway).post("/endpoints", NEW);
    expect(await status("acme/new")).toBe(200);
    await management(gateway).delete(`/endpoints/${body.id}`);
    expect(await status("acme/new")).toBe(404);
  });

  test("E-12: with endpoint_sync_seconds the API shows a change at once, chat does not", async () => {
    await using gateway = await startGatewayEmulator({ seed: DELAYED });
    const status = await caller(gateway);
    const api = management(gateway);
    const first = await endpointId(gateway);
    expect(await status("acme/llama")).toBe(200);
    const { body } = await api.post("/endpoints", NEW);
    expect((await api.get(`/endpoints/${body.id}`)).body).toEqual(body);
    expect(await status("acme/new")).toBe(404);
    await api.delete(`/endpoints/${first}`);
    expect((await api.get("/endpoints")).body.items).toEqual([body]);
    expect(await status("acme/llama")).toBe(200);
  });

  test("E-12: a minute later on the emulator's clock chat sees it, too", async () => {
    await using gateway = await startGatewayEmulator({ seed: DELAYED });
    const status = await caller(gateway);
    const api = management(gateway);
    const first = await endpointId(gateway);
    await advance(gateway, { by: "15s" });
    await api.post("/endpoints", NEW);
    await api.delete(`/endpoints/${first}`);
    await advance(gateway, { by: "44s" });
    expect([await status("acme/llama"), await status("acme/new")]).toEqual([200, 404]);
    await advance(gateway, { by: "16s" });
    expect([await status("acme/llama"), await status("acme/new")]).toEqual([404, 200]);
  });

  test("E-12: a change after a sync that nobody looked at waits for the next one", async () => {
    await using gateway = await startGatewayEmulator({ seed: DELAYED });
    const status = await caller(gateway);
    await advance(gateway, { by: "70s" });
    await management(gateway).post("/endpoints", NEW);
    expect(await status("acme/new")).toBe(404);
    await advance(gateway, { by: "60s" });
    expect(await status("acme/new")).toBe(200);
  });

  test("E-12: groups and keys are not delayed", async () => {
    await using gateway = await startGatewayEmulator({ seed: DELAYED });
    const status = await caller(gateway);
    const id = await groupId(gateway, "org");
    expect(await status("acme/llama")).toBe(200);
    await management(gateway).patch(`/groups/${id}`, { models: [] });
    expect(await status("acme/llama")).toBe(404);
    await management(gateway).delete(`/groups/${id}`);
    expect(await status("acme/llama")).toBe(403);
  });
});
