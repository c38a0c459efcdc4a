import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../../src/index.js";
import { management, QUICKSTART } from "../../support/client.js";
import { advance, chat, createGroup, groupId, mintKey } from "./support.js";

const SLUG = "acme/llama";
const perDay = (type: "TOKEN" | "REQUEST", threshold: number) => ({ type, unit: "DAY", threshold });
const model = (...usage_limits: object[]) => [{ slug: SLUG, usage_limits }];
const MIDNIGHT = "2026-06-18T00:00:00Z";

describe("GET /groups/{id}/usage", () => {
  test("U-1, U-2: before the first request, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await createGroup(gateway, "cust_42", {
      models: model(perDay("TOKEN", 1000), perDay("REQUEST", 10)),
    });
    const usage = await management(gateway).get(`/groups/${id}/usage`);
    expect([usage.status, usage.text]).toEqual([
      200,
      `{"customer_id":"cust_42","usage":{"acme/llama":[` +
        `{"type":"TOKEN","unit":"DAY","threshold":1000,"current_usage":null,"reset_at":null},` +
        `{"type":"REQUEST","unit":"DAY","threshold":10,"current_usage":null,"reset_at":null}]}}`,
    ]);
  });

  test("U-1, U-2: after requests, byte for byte: the day's count and the next midnight UTC", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await createGroup(gateway, "cust_42", {
      models: model(perDay("TOKEN", 1000), perDay("REQUEST", 10)),
    });
    const key = await mintKey(gateway, id);
    for (const usage of ["10/9", "100/0"]) await chat(gateway, key, SLUG, usage);
    const usage = await management(gateway).get(`/groups/${id}/usage`);
    expect(usage.text).toBe(
      `{"customer_id":"cust_42","usage":{"acme/llama":[` +
        `{"type":"TOKEN","unit":"DAY","threshold":1000,"current_usage":119,"reset_at":"${MIDNIGHT}"},` +
        `{"type":"REQUEST","unit":"DAY","threshold":10,"current_usage":2,"reset_at":"${MIDNIGHT}"}]}}`,
    );
  });

  test("U-1: only slugs with usage limits appear, rate limits never; none at all is {}", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 5 }];
    const plain = await createGroup(gateway, "plain", { models: [{ slug: SLUG, rate_limits }] });
    await chat(gateway, await mintKey(gateway, plain));
    const none = await management(gateway).get(`/groups/${plain}/usage`);
    expect(none.text).toBe('{"customer_id":"plain","usage":{}}');
    const both = await createGroup(gateway, "both", {
      models: [
        { slug: "acme/other", rate_limits },
        { slug: SLUG, rate_limits, usage_limits: [perDay("REQUEST", 3)] },
      ],
    });
    const some = await management(gateway).get(`/groups/${both}/usage`);
    expect(some.body.usage).toEqual({
      [SLUG]: [{ ...perDay("REQUEST", 3), current_usage: null, reset_at: null }],
    });
  });

  test("U-2: a refused request is no first request", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await createGroup(gateway, "g", { models: model(perDay("REQUEST", 3)) });
    const key = await mintKey(gateway, id);
    expect(await chat(gateway, key, "acme/unknown")).toMatchObject({ status: 404 });
    const { body } = await management(gateway).get(`/groups/${id}/usage`);
    expect(body.usage[SLUG]).toMatchObject([{ current_usage: null, reset_at: null }]);
  });

  test("U-2: after midnight UTC the count is 0 and the reset a day on", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await createGroup(gateway, "g", { models: model(perDay("REQUEST", 3)) });
    await chat(gateway, await mintKey(gateway, id));
    const read = async () => (await management(gateway).get(`/groups/${id}/usage`)).body.usage[SLUG];
    await advance(gateway, { to: "2026-06-17T23:59:59.999Z" });
    expect(await read()).toEqual([{ ...perDay("REQUEST", 3), current_usage: 1, reset_at: MIDNIGHT }]);
    await advance(gateway, { to: MIDNIGHT });
    expect(await read()).toEqual([
      { ...perDay("REQUEST", 3), current_usage: 0, reset_at: "2026-06-19T00:00:00Z" },
    ]);
  });

  test("U-1, L-5: INDEPENDENT shows an inherited limit with the group's own count", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const parent = await createGroup(gateway, "tier", { models: model(perDay("REQUEST", 5)) });
    const [one, two] = [
      await createGroup(gateway, "one", { parent }),
      await createGroup(gateway, "two", { parent }),
    ];
    await chat(gateway, await mintKey(gateway, one));
    const read = async (id: string) => (await management(gateway).get(`/groups/${id}/usage`)).body;
    const entry = { ...perDay("REQUEST", 5), current_usage: 1, reset_at: MIDNIGHT };
    const untouched = { ...entry, current_usage: null, reset_at: null };
    expect(await read(one)).toEqual({ customer_id: "one", usage: { [SLUG]: [entry] } });
    expect(await read(two)).toEqual({ customer_id: "two", usage: { [SLUG]: [untouched] } });
    expect(await read(parent)).toEqual({ customer_id: "tier", usage: { [SLUG]: [untouched] } });
  });

  test("U-3: CASCADING shows the nearest group that declares the limit and its subtree's count", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const root = await createGroup(gateway, "root", {
      mode: "CASCADING",
      models: model(perDay("REQUEST", 9), perDay("TOKEN", 900)),
    });
    const child = await createGroup(gateway, "child", {
      parent: root,
      models: model(perDay("REQUEST", 5)),
    });
    const grandchild = await createGroup(gateway, "grandchild", { parent: child });
    for (const id of [root, child, grandchild]) await chat(gateway, await mintKey(gateway, id));
    const read = async (id: string) => (await management(gateway).get(`/groups/${id}/usage`)).body;
    const own = { ...perDay("REQUEST", 5), current_usage: 2, reset_at: MIDNIGHT };
    const above = { ...perDay("TOKEN", 900), current_usage: 57, reset_at: MIDNIGHT };
    expect(await read(grandchild)).toEqual({ customer_id: "grandchild", usage: { [SLUG]: [own, above] } });
    expect(await read(child)).toEqual({ customer_id: "child", usage: { [SLUG]: [own, above] } });
    expect(await read(root)).toEqual({
      customer_id: "root",
      usage: { [SLUG]: [{ ...perDay("REQUEST", 9), current_usage: 3, reset_at: MIDNIGHT }, above] },
    });
  });

  test("U-2, L-14: a group deleted and created again starts without usage", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await management(gateway).delete(`/groups/${await groupId(gateway, "org")}`);
    const first = await createGroup(gateway, "org", { models: model(perDay("REQUEST", 3)) });
    await chat(gateway, await mintKey(gateway, first));
    await management(gateway).delete(`/groups/${first}`);
    const second = await createGroup(gateway, "org", { models: model(perDay("REQUEST", 3)) });
    const { body } = await management(gateway).get(`/groups/${second}/usage`);
    expect(body.usage[SLUG]).toMatchObject([{ current_usage: null, reset_at: null }]);
  });
});
