import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { BASETEN_TARGET, management, QUICKSTART } from "../../support/client.js";
import { advance, chat, endpointId, expectRefusal, KEYS, TWO_WORKSPACES } from "./support.js";

const AT = "2026-06-17T12:00:00Z";
const OPENAI_TARGET = { provider: "OPENAI", secret_id: "sec1", target_model: "gpt-5" };

/** Creates an endpoint with this target and answers what came back. */
function create(gateway: GatewayEmulator, target: object, slug = "acme/new") {
  return management(gateway).post("/endpoints", { slug, targets: [target] });
}

describe("create", () => {
  test("E-1: POST answers 200 with the endpoint, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const created = await create(gateway, BASETEN_TARGET);
    expect(created.body.id).toMatch(/^[A-Za-z0-9]{8}$/);
    expect(created.headers.get("content-type")).toBe("application/json");
    expect([created.status, created.text]).toEqual([
      200,
      `{"id":"${created.body.id}","slug":"acme/new","targets":[{"provider":"BASETEN","model_id":"3kZ9xqd"}],` +
        `"created_at":"${AT}","updated_at":"${AT}"}`,
    ]);
  });

  test("E-1: the endpoint routes at once, and an unknown slug does not", async () => {
    await using gateway = await startGatewayEmulator({
      seed: {
        workspaces: [
          {
            name: "acme",
            groups: [
              {
                external_entity_id: "org",
                models: [{ slug: "acme/new" }],
                keys: [{ name: "prod", key: "sky_acmeprod0001.local-secret" }],
              },
            ],
          },
        ],
      },
    });
    const key = String(gateway.keys.prod);
    expect(await chat(gateway, key, "acme/new")).toMatchObject({ status: 404 });
    await create(gateway, BASETEN_TARGET);
    expect(await chat(gateway, key, "acme/new")).toMatchObject({ status: 200 });
  });

  test("E-2: a slug is two URL-safe segments with exactly one slash", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const slug of ["acme/glm-5.2", "A-c.m_e~0/x", "a/b"]) {
      expect(await create(gateway, BASETEN_TARGET, slug)).toMatchObject({ status: 200, body: { slug } });
    }
    const bad = ["", "acme", "/x", "acme/", "a/b/c", "a//b", "/", "acme/ x", "acme/x y", "acme/é", "acme/x?"];
    for (const slug of [...bad, "acme/%20", "acme/x\n", "acme/x:y"]) {
      expectRefusal(await create(gateway, BASETEN_TARGET, slug), 400, "slug");
    }
  });

  test("E-3: the prefix must be one that the organization owns", async () => {
    const workspaces = [{ name: "acme", org_prefixes: ["acme", "acme-labs"] }];
    await using gateway = await startGatewayEmulator({ seed: { workspaces } });
    expect(await create(gateway, BASETEN_TARGET, "acme/a")).toMatchObject({ status: 200 });
    expect(await create(gateway, BASETEN_TARGET, "acme-labs/a")).toMatchObject({ status: 200 });
    for (const slug of ["acme-/a", "ACME/a", "acm/a", "other/a"]) {
      expectRefusal(await create(gateway, BASETEN_TARGET, slug), 400, "slug");
    }
  });

  test("E-3: with no prefixes configured every prefix is owned", async () => {
    await using gateway = await startGatewayEmulator();
    expect(await create(gateway, BASETEN_TARGET, "anything/a")).toMatchObject({ status: 200 });
  });

  test("E-4: a slug that any workspace holds is 400", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    expectRefusal(await create(gateway, BASETEN_TARGET, "acme/llama"), 400, "slug");
    expectRefusal(await create(gateway, BASETEN_TARGET, "globex/llama"), 400, "slug");
    expect(await create(gateway, BASETEN_TARGET, "acme/LLAMA")).toMatchObject({ status: 200 });
  });

  test("E-5: exactly one target", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    for (const targets of [[], [BASETEN_TARGET, BASETEN_TARGET], [BASETEN_TARGET, OPENAI_TARGET]]) {
      expectRefusal(await api.post("/endpoints", { slug: "acme/new", targets }), 400, "targets");
    }
    expect((await api.get("/endpoints")).body.items).toHaveLength(1);
  });

  test("E-13: region is echoed only when it was given", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    for (const region of ["UNRESTRICTED", "EU"]) {
      const body = { slug: `acme/${region}`, targets: [BASETEN_TARGET], region };
      const created = await api.post("/endpoints", body);
      expect(created).toMatchObject({ status: 200, body: { region } });
      expect((await api.get(`/endpoints/${created.body.id}`)).text).toBe(created.text);
    }
    expect((await create(gateway, BASETEN_TARGET)).body).not.toHaveProperty("region");
    const bad = { slug: "acme/us", targets: [BASETEN_TARGET], region: "US" };
    expectRefusal(await api.post("/endpoints", bad), 400, "region", "EU");
  });
});

describe("read, change, delete", () => {
  test("E-9: the list and a single read show what was created", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const created = await create(gateway, OPENAI_TARGET, "acme/gpt");
    const list = await api.get("/endpoints");
    expect(list.body.items.map((item: { slug: string }) => item.slug).sort()).toEqual([
      "acme/gpt",
      "acme/llama",
    ]);
    expect(list.body.items).toContainEqual(created.body);
    const read = await api.get(`/endpoints/${created.body.id}`);
    expect([read.status, read.text]).toEqual([200, created.text]);
  });

  test("E-10: PATCH targets replaces the list, slug stays, updated_at moves", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await endpointId(gateway);
    await advance(gateway, { by: "61s" });
    const patched = await api.patch(`/endpoints/${id}`, { targets: [OPENAI_TARGET] });
    expect([patched.status, patched.text]).toEqual([
      200,
      `{"id":"${id}","slug":"acme/llama","targets":[{"provider":"OPENAI","secret_id":"sec1","target_model":"gpt-5"}],` +
        `"created_at":"${AT}","updated_at":"2026-06-17T12:01:01Z"}`,
    ]);
    expect((await api.get(`/endpoints/${id}`)).text).toBe(patched.text);
  });

  test("E-10: PATCH slug renames: the new one routes, the old one no longer", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await endpointId(gateway);
    const [group] = (await api.get("/groups")).body.items;
    await api.patch(`/groups/${group.id}`, { models: [{ slug: "acme/llama" }, { slug: "acme/renamed" }] });
    const key = String(gateway.keys["acme-prod"]);
    const renamed = await api.patch(`/endpoints/${id}`, { slug: "acme/renamed" });
    expect(renamed).toMatchObject({
      status: 200,
      body: { id, slug: "acme/renamed", targets: [BASETEN_TARGET] },
    });
    expect(await chat(gateway, key, "acme/renamed")).toMatchObject({ status: 200 });
    expect(await chat(gateway, key, "acme/llama")).toMatchObject({ status: 404 });
  });

  test("E-10: a rename to the endpoint's own slug is no duplicate", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await endpointId(gateway);
    const same = await management(gateway).patch(`/endpoints/${id}`, { slug: "acme/llama" });
    expect(same).toMatchObject({ status: 200, body: { slug: "acme/llama" } });
  });

  test("E-10: PATCH keeps to the rules of E-2 to E-6, and a refused one changes nothing", async () => {
    const seed = { ...TWO_WORKSPACES, workspaces: TWO_WORKSPACES.workspaces ?? [] };
    await using gateway = await startGatewayEmulator({ seed });
    await gateway.seed({ workspaces: [{ name: "acme", org_prefixes: ["acme"] }] });
    const api = management(gateway);
    const id = await endpointId(gateway);
    const before = await api.get(`/endpoints/${id}`);
    await advance(gateway, { by: "61s" });
    for (const slug of ["acme", "acme/a/b", "other/x", "globex/llama"]) {
      expectRefusal(await api.patch(`/endpoints/${id}`, { slug, targets: [OPENAI_TARGET] }), 400, "slug");
    }
    for (const targets of [[], [BASETEN_TARGET, BASETEN_TARGET], [{ provider: "OPENAI" }]]) {
      expectRefusal(await api.patch(`/endpoints/${id}`, { slug: "acme/free", targets }), 400, "targets");
    }
    expect((await api.get(`/endpoints/${id}`)).text).toBe(before.text);
  });

  test("E-10: an empty PATCH changes nothing and answers 200", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await endpointId(gateway);
    const before = await api.get(`/endpoints/${id}`);
    await advance(gateway, { by: "61s" });
    for (const body of [{}, undefined, { unknown: 1 }]) {
      const answer = await api.patch(`/endpoints/${id}`, body);
      expect([answer.status, answer.text]).toEqual([200, before.text]);
    }
  });

  test("E-11: DELETE answers id and slug, byte for byte; a second one is 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await endpointId(gateway);
    const deleted = await api.delete(`/endpoints/${id}`);
    expect([deleted.status, deleted.text]).toEqual([200, `{"id":"${id}","slug":"acme/llama"}`]);
    expectRefusal(await api.delete(`/endpoints/${id}`), 404);
    expectRefusal(await api.get(`/endpoints/${id}`), 404);
    expectRefusal(await api.patch(`/endpoints/${id}`, {}), 404);
    expect((await api.get("/endpoints")).body.items).toEqual([]);
  });

  test("E-11: a deleted endpoint's slug stops routing and is free, for other workspaces too", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const key = String(gateway.keys["acme-prod"]);
    await management(gateway).delete(`/endpoints/${await endpointId(gateway)}`);
    expect(await chat(gateway, key)).toMatchObject({ status: 404 });
    const again = await create(gateway, BASETEN_TARGET, "acme/llama");
    expect(again).toMatchObject({ status: 200 });
    expect(await chat(gateway, key)).toMatchObject({ status: 200 });
    await management(gateway).delete(`/endpoints/${again.body.id}`);
    const theirs = await management(gateway, KEYS.globex).post("/endpoints", {
      slug: "acme/llama",
      targets: [BASETEN_TARGET],
    });
    expect(theirs).toMatchObject({ status: 200 });
    expect(await chat(gateway, key)).toMatchObject({ status: 404 });
  });
});
