import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../../src/index.js";
import { management, QUICKSTART } from "../../support/client.js";
import {
  chat,
  createGroup,
  expectRefusal,
  groupBody,
  groupId,
  KEYS,
  mintKey,
  TWO_WORKSPACES,
} from "./support.js";

const AT = "2026-06-17T12:00:00Z";
const rate = (type: string, unit: string, threshold: unknown) => ({ type, unit, threshold });

describe("create", () => {
  test("G-1, G-10: POST answers 200 with the group, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const created = await management(gateway).post("/groups", {
      metadata: { name: "Customer 42", external_entity_id: "cust_42" },
      models: [
        {
          slug: "acme/llama",
          rate_limits: [rate("TOKEN", "MINUTE", 1000), rate("REQUEST", "SECOND", 5)],
          usage_limits: [rate("TOKEN", "DAY", 100000)],
        },
      ],
      hierarchy: { limit_enforcement: "INDEPENDENT", parent_group_id: null },
    });
    const { id } = created.body;
    expect(id).toMatch(/^[A-Za-z0-9]{8}$/);
    const own = (limit: string) => `${limit},"source_group":"${id}"`;
    const [tpm, rps, tpd] = [
      `"type":"TOKEN","unit":"MINUTE","threshold":1000`,
      `"type":"REQUEST","unit":"SECOND","threshold":5`,
      `"type":"TOKEN","unit":"DAY","threshold":100000`,
    ];
    expect([created.status, created.text]).toEqual([
      200,
      `{"id":"${id}","metadata":{"name":"Customer 42","external_entity_id":"cust_42"},` +
        `"models":[{"slug":"acme/llama","rate_limits":[{${tpm}},{${rps}}],"usage_limits":[{${tpd}}]}],` +
        `"effective_models":[{"slug":"acme/llama","rate_limits":[{${own(tpm)}},{${own(rps)}}],` +
        `"usage_limits":[{${own(tpd)}}]}],` +
        `"hierarchy":{"limit_enforcement":"INDEPENDENT","parent_group_id":null},"created_at":"${AT}"}`,
    ]);
  });

  test("G-2, G-3, G-4: what is left out is answered as null, empty lists and INDEPENDENT", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const created = await management(gateway).post("/groups", groupBody("plain"));
    expect(created.body).toEqual({
      id: created.body.id,
      metadata: { name: null, external_entity_id: "plain" },
      models: [{ slug: "acme/llama", rate_limits: [], usage_limits: [] }],
      effective_models: [{ slug: "acme/llama", rate_limits: [], usage_limits: [] }],
      hierarchy: { limit_enforcement: "INDEPENDENT", parent_group_id: null },
      created_at: AT,
    });
  });

  test("G-2: external_entity_id is required and has 1 to 255 characters, name at most 255", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const field = "metadata.external_entity_id";
    const create = (metadata: object) => api.post("/groups", { ...groupBody(""), metadata });
    for (const external_entity_id of [undefined, null, "", 42, "x".repeat(256)]) {
      expectRefusal(await create({ external_entity_id }), 400, field);
    }
    expect(await create({ external_entity_id: "x".repeat(255) })).toMatchObject({ status: 200 });
    expect(await create({ external_entity_id: "n", name: "y".repeat(255) })).toMatchObject({ status: 200 });
    expectRefusal(await create({ external_entity_id: "m", name: "y".repeat(256) }), 400, "metadata.name");
    expectRefusal(await create({ external_entity_id: "m", name: 1 }), 400, "metadata.name");
  });

  test("G-2: 255 characters are counted as characters, not as UTF-16 units", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const name = "😀".repeat(255);
    const created = await management(gateway).post("/groups", groupBody(name, { name }));
    expect(created).toMatchObject({ status: 200, body: { metadata: { name, external_entity_id: name } } });
    expectRefusal(await management(gateway).post("/groups", groupBody(`${name}😀`)), 400);
  });

  test("G-2: external_entity_id is unique in the workspace, and only there", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    expectRefusal(
      await management(gateway).post("/groups", groupBody("org")),
      400,
      "metadata.external_entity_id",
    );
    expect(await management(gateway).post("/groups", groupBody("ORG"))).toMatchObject({ status: 200 });
    expect(await management(gateway, KEYS.globex).post("/groups", groupBody("org"))).toMatchObject({
      status: 200,
    });
  });

  test("G-2, G-7: any text is an external_entity_id and is found again by it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, managementRateLimit: false });
    const api = management(gateway);
    const taken = new Set(["org"]);
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(text, async (entity) => {
        const created = await api.post("/groups", groupBody(entity));
        expect(created.status).toBe(taken.has(entity) ? 400 : 200);
        taken.add(entity);
        expect(await groupId(gateway, entity)).toMatch(/^[A-Za-z0-9]{8}$/);
        if (created.status === 200) expect(created.body.metadata.external_entity_id).toBe(entity);
      }),
      { numRuns: 60 },
    );
  });

  test("G-3: models is non-empty and each slug comes once, in the form of E-2", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const create = (models: unknown) => management(gateway).post("/groups", { ...groupBody("g"), models });
    for (const models of [undefined, null, [], {}, "acme/llama"]) {
      expectRefusal(await create(models), 400, "models");
    }
    expectRefusal(await create([{ slug: "a/b" }, { slug: "c/d" }, { slug: "a/b" }]), 400, "models.2");
    for (const slug of [undefined, "", "acme", "a/b/c", "acme/x y", 7]) {
      expectRefusal(await create([{ slug: "a/b" }, { slug }]), 400, "models.1.slug");
    }
  });

  test("G-3: a slug that no endpoint has yet is accepted", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await createGroup(gateway, "early", { models: [{ slug: "acme/later" }] });
    const key = await mintKey(gateway, id);
    expect(await chat(gateway, key, "acme/later")).toMatchObject({ status: 404 });
    const target = { provider: "BASETEN", model_id: "m" };
    await management(gateway).post("/endpoints", { slug: "acme/later", targets: [target] });
    expect(await chat(gateway, key, "acme/later")).toMatchObject({ status: 200 });
  });

  test("G-3: rate limits are TOKEN or REQUEST per SECOND or MINUTE, at most one per type", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const create = (entity: string, rate_limits: unknown) =>
      management(gateway).post("/groups", groupBody(entity, { models: [{ slug: "a/b", rate_limits }] }));
    for (const [index, limits] of [
      null,
      [],
      [rate("TOKEN", "SECOND", 1), rate("REQUEST", "MINUTE", 2 ** 53 - 1)],
    ].entries()) {
      const created = await create(`ok${index}`, limits);
      expect(created).toMatchObject({ status: 200 });
      expect(created.body.models).toEqual([{ slug: "a/b", rate_limits: limits ?? [], usage_limits: [] }]);
    }
    const first = "models.0.rate_limits.0";
    const wrong: [object, string][] = [
      [rate("TOKENS", "MINUTE", 1), `${first}.type`],
      [rate("token", "MINUTE", 1), `${first}.type`],
      [rate("TOKEN", "DAY", 1), `${first}.unit`],
      [rate("TOKEN", "HOUR", 1), `${first}.unit`],
      ...[0, -1, 1.5, "10", null, undefined, 1e300].map((threshold): [object, string] => [
        rate("TOKEN", "MINUTE", threshold),
        `${first}.threshold`,
      ]),
    ];
    for (const [limit, path] of wrong) expectRefusal(await create("bad", [limit]), 400, path);
    const twice = [rate("TOKEN", "SECOND", 1), rate("TOKEN", "MINUTE", 1)];
    expectRefusal(await create("bad", twice), 400, "models.0.rate_limits.1");
  });

  test("G-3, X-21: usage limits are TOKEN or REQUEST per DAY, at most one of each", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const create = (entity: string, usage_limits: unknown) =>
      management(gateway).post("/groups", groupBody(entity, { models: [{ slug: "a/b", usage_limits }] }));
    const both = [rate("TOKEN", "DAY", 1), rate("REQUEST", "DAY", 1)];
    expect((await create("ok", both)).body.models[0].usage_limits).toEqual(both);
    const first = "models.0.usage_limits.0";
    expectRefusal(await create("bad", [rate("TOKEN", "MINUTE", 1)]), 400, `${first}.unit`);
    expectRefusal(await create("bad", [rate("COST", "DAY", 1)]), 400, `${first}.type`);
    expectRefusal(await create("bad", [rate("TOKEN", "DAY", 0)]), 400, `${first}.threshold`);
    const twice = [rate("TOKEN", "DAY", 1), rate("TOKEN", "DAY", 2)];
    expectRefusal(await create("bad", twice), 400, "models.0.usage_limits.1");
  });
});
