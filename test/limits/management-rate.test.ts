import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { call, management } from "../support/client.js";
import { group, groupOf, status, world } from "./support.js";

const SEED = world([group("org", [])]);
const TWO_KEYS = {
  ...SEED,
  workspaces: SEED.workspaces?.map((workspace) => ({
    ...workspace,
    api_keys: [{ key: "emulator.first" }, { key: "emulator.second" }],
  })),
};
const REFUSED = '{"error":"Rate limit exceeded. Please try again later.","retry_after":1}';

/** How many of so many GETs, one after the other, are answered with 200. */
async function answered(gateway: GatewayEmulator, path: string, times: number): Promise<number> {
  let count = 0;
  for (let sent = 0; sent < times; sent++) {
    if ((await management(gateway).get(path)).status === 200) count++;
  }
  return count;
}

describe("A-6: 100 management requests a second, per key and route", () => {
  it("the 101st gets 429 with the exact body, and a second later it goes on", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    expect(await answered(gateway, "/groups", 100)).toBe(100);
    const refused = await management(gateway).get("/groups");
    expect([refused.status, refused.text]).toEqual([429, REFUSED]);
    expect(refused.headers.get("content-type")).toContain("application/json");
    expect(refused.headers.get("x-emulator-hint")).toContain("GET /v1/gateway/groups");
    await gateway.clock.advance(999);
    expect((await management(gateway).get("/groups")).text).toBe(REFUSED);
    await gateway.clock.advance(1);
    expect(await answered(gateway, "/groups", 101)).toBe(100);
  });

  it("rolls: half a second later only the first half is free again; refused ones count nowhere", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    expect(await answered(gateway, "/groups", 60)).toBe(60);
    await gateway.clock.advance(500);
    expect(await answered(gateway, "/groups", 60)).toBe(40);
    await gateway.clock.advance(500);
    expect(await answered(gateway, "/groups", 80)).toBe(60);
    await gateway.clock.advance(500);
    expect(await answered(gateway, "/groups", 50)).toBe(40);
  });

  it("100 of 150 arriving together", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => management(gateway).get("/endpoints")),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(100);
  });

  it("per route: another one, another method on the same path, the inference API are free", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const { id } = await groupOf(gateway, "org");
    expect(await answered(gateway, "/groups", 100)).toBe(99);
    expect(await answered(gateway, "/endpoints", 1)).toBe(1);
    expect(await answered(gateway, `/groups/${id}`, 1)).toBe(1);
    expect((await management(gateway).post("/groups", {})).status).toBe(400);
    expect(await status(gateway, "org")).toBe(200);
  });

  it("a route is one whatever the id in its path, and refuses before it looks at the id (B-2)", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const { id } = await groupOf(gateway, "org");
    expect(await answered(gateway, `/groups/${id}`, 99)).toBe(99);
    expect((await management(gateway).get("/groups/none")).status).toBe(404);
    expect((await management(gateway).get(`/groups/${id}`)).text).toBe(REFUSED);
    expect((await management(gateway).get("/groups/other")).text).toBe(REFUSED);
  });

  it("per key: another key of the workspace has its own 100; a wrong key is refused as ever", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_KEYS });
    expect(await answered(gateway, "/groups", 101)).toBe(100);
    expect((await management(gateway, "emulator.second").get("/groups")).status).toBe(200);
    expect((await management(gateway, "emulator.nobody").get("/groups")).status).toBe(403);
    expect((await call(gateway, "GET", "/v1/gateway/groups", { key: null })).status).toBe(401);
  });

  it("nothing is written by a refused request", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const { post } = management(gateway);
    const make = (index: number) =>
      post("/groups", {
        metadata: { external_entity_id: `entity-${index}` },
        models: [{ slug: "acme/llama" }],
        hierarchy: {},
      });
    for (let index = 0; index < 100; index++) expect((await make(index)).status).toBe(200);
    expect((await make(100)).text).toBe(REFUSED);
    expect(await groupOf(gateway, "entity-99")).toMatchObject({
      metadata: { external_entity_id: "entity-99" },
    });
    expect(await groupOf(gateway, "entity-100")).toBeUndefined();
  });

  it("can be turned off, by option or by seed", async () => {
    await using option = await startGatewayEmulator({ seed: SEED, managementRateLimit: false });
    expect(await answered(option, "/groups", 101)).toBe(101);
    await using seeded = await startGatewayEmulator({
      seed: { ...SEED, settings: { management_rate_limit: false } },
    });
    expect(await answered(seeded, "/groups", 101)).toBe(101);
  });

  it("a reset forgets it", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    expect(await answered(gateway, "/groups", 101)).toBe(100);
    await gateway.reset();
    expect(await answered(gateway, "/groups", 101)).toBe(100);
  });
});
