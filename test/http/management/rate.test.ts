import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { type Answered, call, management, QUICKSTART } from "../../support/client.js";
import { advance, expectRefusal, groupBody, KEYS, TWO_WORKSPACES } from "./support.js";

const GROUPS = "/v1/gateway/groups";
const LIMITED = '{"error":"Rate limit exceeded. Please try again later.","retry_after":1}';

/** As many calls at once, answered in no particular order. */
function times(count: number, send: () => Promise<Answered>): Promise<Answered[]> {
  return Promise.all(Array.from({ length: count }, send));
}

/** Spends the whole budget of `GET /groups` for this key. */
async function spend(gateway: GatewayEmulator, key = gateway.workspaceKey): Promise<void> {
  for (const { status } of await times(100, () => call(gateway, "GET", GROUPS, { key }))) {
    expect(status).toBe(200);
  }
}

describe("100 requests a second per workspace key and route", () => {
  test("A-6: 100 pass, the 101st is 429, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await spend(gateway);
    const refused = await management(gateway).get("/groups");
    expect([refused.status, refused.text]).toEqual([429, LIMITED]);
    expect(refused.headers.get("content-type")).toBe("application/json");
  });

  test("A-6: of 120 that arrive together exactly 100 pass", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answers = await times(120, () => management(gateway).get("/groups"));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(answers.filter(({ text }) => text === LIMITED)).toHaveLength(20);
  });

  test("A-6: the window is one second and rolls; refused requests do not lengthen it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await spend(gateway);
    for (const by of ["500ms", "499ms"]) {
      await advance(gateway, { by });
      expect(await management(gateway).get("/groups")).toMatchObject({ status: 429 });
    }
    await advance(gateway, { by: "1ms" });
    await spend(gateway);
    expect(await management(gateway).get("/groups")).toMatchObject({ status: 429, text: LIMITED });
  });

  test("A-6: another method or path is another route; ids do not make routes", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    await spend(gateway);
    expect(await api.post("/groups", groupBody("g"))).toMatchObject({ status: 200 });
    expect(await api.get("/endpoints")).toMatchObject({ status: 200 });
    let id = 0;
    const missing = await times(100, () => api.get(`/groups/missing${id++}`));
    for (const answer of missing) expectRefusal(answer, 404);
    expect(await api.get("/groups/missing")).toMatchObject({ status: 429, text: LIMITED });
  });

  test("A-6: each workspace key has its own budget", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    await spend(gateway);
    for (const key of [KEYS.personal, KEYS.globex]) {
      expect(await management(gateway, key).get("/groups")).toMatchObject({ status: 200 });
    }
  });

  test("A-6: two keys of one workspace that begin alike have a budget each", async () => {
    const keys = ["emulator.manage-one", "emulator.manage-two"];
    const workspaces = [{ name: "acme", api_keys: keys.map((key) => ({ key })) }];
    await using gateway = await startGatewayEmulator({ seed: { ...QUICKSTART, workspaces } });
    for (const key of keys) await spend(gateway, key);
    for (const key of keys)
      expect(await management(gateway, key).get("/groups")).toMatchObject({ status: 429 });
  });

  test("A-6, B-2: requests refused for their path or body count, those refused for their key do not", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const api = management(gateway);
    const strangers = await times(100, () => call(gateway, "POST", GROUPS, { key: KEYS.invoking, body: {} }));
    for (const answer of strangers) expectRefusal(answer, 403);
    for (const answer of await times(100, () => api.post("/groups", {}))) expectRefusal(answer, 400);
    expect(await api.post("/groups", groupBody("g"))).toMatchObject({ status: 429, text: LIMITED });
    expectRefusal(await call(gateway, "POST", GROUPS, { key: KEYS.invoking, body: {} }), 403);
    expect((await api.get("/groups?external_entity_id=g")).body.items).toEqual([]);
  });

  test("A-6: a seed or an option turns it off", async () => {
    const settings = { management_rate_limit: false };
    for (const options of [
      { seed: { ...QUICKSTART, settings } },
      { seed: QUICKSTART, managementRateLimit: false },
    ]) {
      await using gateway = await startGatewayEmulator(options);
      await spend(gateway);
      await spend(gateway);
    }
  });
});
