import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../../src/index.js";
import { management, QUICKSTART } from "../../support/client.js";
import { advance, chat, createGroup, expectRefusal, groupBody, groupId, mintKey } from "./support.js";

const rate = (type: string, unit: string, threshold: number) => ({ type, unit, threshold });

describe("read and change", () => {
  test("G-7: external_entity_id filters exactly, no match is an empty page", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    await createGroup(gateway, "org-2");
    const found = await api.get("/groups?external_entity_id=org");
    expect(found.body.items).toMatchObject([{ metadata: { external_entity_id: "org" } }]);
    for (const entity of ["or", "ORG", "org-", "%25", ""]) {
      const none = await api.get(`/groups?external_entity_id=${entity}`);
      expect([none.status, none.text]).toEqual([
        200,
        '{"items":[],"pagination":{"has_more":false,"cursor":null}}',
      ]);
    }
  });

  test("G-7: list and single read show what was created", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const created = await api.post("/groups", groupBody("cust_42", { name: "Customer 42" }));
    const read = await api.get(`/groups/${created.body.id}`);
    expect([read.status, read.text]).toEqual([200, created.text]);
    expect((await api.get("/groups")).body.items).toContainEqual(created.body);
  });

  test("G-8: PATCH takes name and models, each without the other", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await createGroup(gateway, "g", { name: "before" });
    const named = await api.patch(`/groups/${id}`, { metadata: { name: "after" } });
    expect(named).toMatchObject({ status: 200, body: { metadata: { name: "after" } } });
    expect(named.body.models).toEqual([{ slug: "acme/llama", rate_limits: [], usage_limits: [] }]);
    const replaced = await api.patch(`/groups/${id}`, { models: [{ slug: "acme/b" }, { slug: "acme/a" }] });
    expect(replaced).toMatchObject({ status: 200, body: { metadata: { name: "after" } } });
    expect(replaced.body.models.map((model: { slug: string }) => model.slug)).toEqual(["acme/b", "acme/a"]);
    expect((await api.get(`/groups/${id}`)).text).toBe(replaced.text);
    const unnamed = await api.patch(`/groups/${id}`, { metadata: { name: null } });
    expect(unnamed).toMatchObject({ status: 200, body: { metadata: { name: null } } });
  });

  test("G-8: an empty list clears the set, null leaves it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await groupId(gateway, "org");
    const key = String(gateway.keys["acme-prod"]);
    const left = await api.patch(`/groups/${id}`, { metadata: { name: "n" }, models: null });
    expect(left.body.models).toMatchObject([{ slug: "acme/llama" }]);
    expect(await chat(gateway, key)).toMatchObject({ status: 200 });
    const cleared = await api.patch(`/groups/${id}`, { models: [] });
    expect(cleared).toMatchObject({ status: 200, body: { models: [], effective_models: [] } });
    expect(await chat(gateway, key)).toMatchObject({ status: 404 });
  });

  test("G-8: a PATCH with neither is 400", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await groupId(gateway, "org");
    for (const body of [{}, { metadata: {} }, { metadata: null }, { unknown: 1 }]) {
      expectRefusal(await management(gateway).patch(`/groups/${id}`, body), 400, "models", "name");
    }
    expectRefusal(await management(gateway).patch(`/groups/${id}`), 400);
  });

  test("G-8: hierarchy or external_entity_id in a PATCH is 400, and nothing is written", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await groupId(gateway, "org");
    const before = await api.get(`/groups/${id}`);
    const change = { metadata: { name: "x" }, models: [] };
    for (const hierarchy of [{}, null, { limit_enforcement: "INDEPENDENT" }]) {
      expectRefusal(await api.patch(`/groups/${id}`, { ...change, hierarchy }), 400, "hierarchy");
    }
    for (const external_entity_id of ["org", "other", null]) {
      const metadata = { name: "x", external_entity_id };
      expectRefusal(await api.patch(`/groups/${id}`, { metadata }), 400, "external_entity_id");
    }
    expect((await api.get(`/groups/${id}`)).text).toBe(before.text);
  });

  test("G-8: a change reaches every key at once", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await groupId(gateway, "org");
    const keys = [String(gateway.keys["acme-prod"]), await mintKey(gateway, id)];
    const limit = (threshold: number) =>
      api.patch(`/groups/${id}`, {
        models: [{ slug: "acme/llama", rate_limits: [rate("REQUEST", "MINUTE", threshold)] }],
      });
    await limit(2);
    for (const key of keys) expect(await chat(gateway, key)).toMatchObject({ status: 200 });
    for (const key of keys) expect(await chat(gateway, key)).toMatchObject({ status: 429 });
    await limit(4);
    for (const key of keys) expect(await chat(gateway, key)).toMatchObject({ status: 200 });
    for (const key of keys) expect(await chat(gateway, key)).toMatchObject({ status: 429 });
  });
});

describe("delete", () => {
  test("G-9: DELETE answers id, metadata and deleted_at, byte for byte; a second one is 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await createGroup(gateway, "gone", { name: "Gone" });
    await advance(gateway, { by: "90s" });
    const deleted = await api.delete(`/groups/${id}`);
    expect([deleted.status, deleted.text]).toEqual([
      200,
      `{"id":"${id}","metadata":{"name":"Gone","external_entity_id":"gone"},"deleted_at":"2026-06-17T12:01:30Z"}`,
    ]);
    for (const path of [`/groups/${id}`, `/groups/${id}/usage`, `/groups/${id}/api_keys`]) {
      expectRefusal(await api.get(path), 404);
    }
    expectRefusal(await api.patch(`/groups/${id}`, { models: [] }), 404);
    expectRefusal(await api.delete(`/groups/${id}`), 404);
    expect((await api.get("/groups?external_entity_id=gone")).body.items).toEqual([]);
  });

  test("G-9: the whole subtree goes: groups, keys and external_entity_ids; siblings stay", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const root = await groupId(gateway, "org");
    const child = await createGroup(gateway, "child", { parent: root });
    const grandchild = await createGroup(gateway, "grandchild", { parent: child });
    const sibling = await createGroup(gateway, "sibling", { parent: root });
    const lost = [await mintKey(gateway, child), await mintKey(gateway, grandchild)];
    const kept = [String(gateway.keys["acme-prod"]), await mintKey(gateway, sibling)];
    for (const key of [...lost, ...kept]) expect(await chat(gateway, key)).toMatchObject({ status: 200 });
    expect(await api.delete(`/groups/${child}`)).toMatchObject({ status: 200 });
    for (const key of lost) expect(await chat(gateway, key)).toMatchObject({ status: 403 });
    for (const key of kept) expect(await chat(gateway, key)).toMatchObject({ status: 200 });
    expectRefusal(await api.get(`/groups/${grandchild}`), 404);
    expectRefusal(await api.delete(`/groups/${grandchild}`), 404);
    const left = (await api.get("/groups")).body.items.map((item: { id: string }) => item.id);
    expect(left.sort()).toEqual([root, sibling].sort());
    const again = await createGroup(gateway, "grandchild", { parent: root });
    await createGroup(gateway, "child", { parent: again });
  });
});
