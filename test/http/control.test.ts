import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator, VERSION } from "../../src/index.js";
import { chat, FEDERATED_KEY, say, seedWith } from "../support/chat.js";
import { BASETEN_TARGET, call, management, QUICKSTART } from "../support/client.js";

const get = (gateway: GatewayEmulator, path: string) => call(gateway, "GET", path, { key: null });
const post = (gateway: GatewayEmulator, path: string, body?: unknown) =>
  call(gateway, "POST", path, { key: null, ...(body === undefined ? {} : { body }) });
const seed = (gateway: GatewayEmulator, body: unknown) => post(gateway, "/_emulator/seed", body);

/** Everything that the management API and the journal show. */
async function wholeState(gateway: GatewayEmulator): Promise<string> {
  const groups = await management(gateway).get("/groups");
  const keys = await Promise.all(
    groups.body.items.map(({ id }: { id: string }) => management(gateway).get(`/groups/${id}/api_keys`)),
  );
  const endpoints = await management(gateway).get("/endpoints");
  return JSON.stringify([groups.body, keys.map(({ body }) => body), endpoints.body]);
}

describe("health", () => {
  test("says what is running, where, and what a child process needs", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { status, body } = await get(gateway, "/_emulator/health");
    expect(status).toBe(200);
    expect(body).toEqual({
      status: "ok",
      version: VERSION,
      url: gateway.url,
      now: "2026-06-17T12:00:00.000Z",
      env: {
        GATEWAY_EMULATOR_URL: gateway.url,
        BASETEN_API_KEY: gateway.workspaceKey,
        BASETEN_BASE_URL: gateway.inferenceUrl,
        OPENAI_BASE_URL: gateway.inferenceUrl,
        OPENAI_API_KEY: FEDERATED_KEY,
      },
      name: "default",
      keys: { "acme-prod": FEDERATED_KEY },
      example: { key: FEDERATED_KEY, slug: "acme/llama" },
    });
    expect(gateway.env).toEqual(body.env);
    expect(gateway.inferenceUrl).toBe(`${gateway.url}/v1`);
  });

  test("without a seed there is a workspace key and no federated one", async () => {
    await using gateway = await startGatewayEmulator();
    const { body } = await get(gateway, "/_emulator/health");
    expect(body.env).not.toHaveProperty("OPENAI_API_KEY");
    expect((await management(gateway, body.env.BASETEN_API_KEY).get("/groups")).body.items).toEqual([]);
  });
});

describe("clock", () => {
  test("frozen by the seed", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { body } = await get(gateway, "/_emulator/clock");
    expect(body).toMatchObject({ now: "2026-06-17T12:00:00.000Z", mode: "frozen", frozen: true });
    expect(body.offset_ms).toBeNull();
  });

  test("real without one", async () => {
    await using gateway = await startGatewayEmulator();
    const { body } = await get(gateway, "/_emulator/clock");
    expect(body).toMatchObject({ mode: "real", frozen: false, offset_ms: 0 });
    expect(new Date(body.now).toISOString()).toBe(body.now);
  });
});

describe("reset", () => {
  test("goes back to the seed: rows, rules, counters, clock, ids, journal", async () => {
    const limited = seedWith({
      model: { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 2 }] },
      completions: [{ match: { last_message: "ping" }, reply: { content: "pong" } }],
    });
    await using gateway = await startGatewayEmulator({ seed: limited });
    const before = await wholeState(gateway);
    const firstAnswer = await chat(gateway);

    const { post: manage, delete: remove } = management(gateway);
    await manage("/groups", {
      metadata: { external_entity_id: "late" },
      models: [{ slug: "acme/llama" }],
      hierarchy: {},
    });
    const { id } = JSON.parse(before)[0].items[0];
    await remove(`/groups/${id}`);
    await seed(gateway, { completions: [{ match: {}, reply: { content: "caught" } }] });
    await gateway.clock.advance("1h");
    expect(await wholeState(gateway)).not.toBe(before);

    const answer = await post(gateway, "/_emulator/reset");
    expect([answer.status, answer.body]).toEqual([200, { ok: true }]);
    expect(await gateway.requests()).toEqual([]);
    expect((await get(gateway, "/_emulator/clock")).body.now).toBe("2026-06-17T12:00:00.000Z");
    expect(await wholeState(gateway)).toBe(before);
    expect((await chat(gateway)).text).toBe(firstAnswer.text);
    expect((await say(gateway, "else")).body.choices[0].message.content).toBe("else");
    expect((await chat(gateway)).status).toBe(429);
  });

  test("gateway.reset() is the same", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const before = await wholeState(gateway);
    await seed(gateway, { workspaces: [{ name: "second" }] });
    await management(gateway).delete(`/groups/${JSON.parse(before)[0].items[0].id}`);
    await gateway.reset();
    expect(await wholeState(gateway)).toBe(before);
  });

  test("forgets what was added since: keys and rules", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await seed(gateway, ADDED);
    expect((await chat(gateway, {}, { key: ADDED_KEY })).status).toBe(200);
    await post(gateway, "/_emulator/reset");
    expect((await chat(gateway, {}, { key: ADDED_KEY })).status).toBe(403);
    expect((await say(gateway, "ping")).body.choices[0].message.content).toBe("ping");
  });
});

const ADDED_KEY = "sky_addedkey0001.local-secret";
/** A partial seed: one more group in workspace `acme`, and a rule. */
const ADDED = {
  workspaces: [
    {
      name: "acme",
      endpoints: [{ slug: "acme/added", targets: [BASETEN_TARGET] }],
      groups: [
        {
          external_entity_id: "added",
          models: [{ slug: "acme/llama" }, { slug: "acme/added" }],
          keys: [{ name: "added", key: ADDED_KEY }],
        },
      ],
    },
  ],
  completions: [{ match: { last_message: "ping" }, reply: { content: "pong" } }],
};

describe("seed", () => {
  test("adds to what is there, at once", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await seed(gateway, ADDED);
    expect([answer.status, answer.body]).toEqual([200, { ok: true }]);
    expect((await chat(gateway)).status).toBe(200);
    expect((await chat(gateway, { model: "acme/added" }, { key: ADDED_KEY })).status).toBe(200);
    expect((await say(gateway, "ping")).body.choices[0].message.content).toBe("pong");
    const groups = (await management(gateway).get("/groups")).body.items;
    expect(
      groups.map(({ metadata }: { metadata: { external_entity_id: string } }) => metadata.external_entity_id),
    ).toEqual(["org", "added"]);
  });

  test("replaces only what it names of a workspace", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ workspace: { org_prefixes: ["acme"] } }),
    });
    const create = (slug: string) =>
      management(gateway).post("/endpoints", { slug, targets: [BASETEN_TARGET] });
    expect((await create("beta/one")).status).toBe(400);
    await seed(gateway, { workspaces: [{ name: "acme" }] });
    expect((await create("beta/one")).status).toBe(400);
    await seed(gateway, { workspaces: [{ name: "acme", org_prefixes: ["acme", "beta"] }] });
    expect((await create("beta/one")).status).toBe(200);
  });

  test.each([
    ["an unknown key", { workspces: [] }, "workspces"],
    ["a wrong type", { workspaces: [{ name: 7 }] }, "workspaces.0.name"],
    [
      "a pattern that does not compile",
      { completions: [{ match: { last_message: { regex: "(" } }, reply: {} }] },
      "completions.0.match.last_message",
    ],
    [
      "an entity id that is taken",
      {
        workspaces: [
          { name: "acme", groups: [{ external_entity_id: "org", models: [{ slug: "acme/llama" }] }] },
        ],
      },
      "workspaces.0.groups.0",
    ],
    [
      "a slug that is taken",
      { workspaces: [{ name: "other", endpoints: [{ slug: "acme/llama", targets: [BASETEN_TARGET] }] }] },
      "workspaces.0.endpoints.0",
    ],
    ["no object", [], "expected object"],
  ])("%s is 400 with the path", async (_name, partial, path) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await seed(gateway, partial);
    expect([answer.status, answer.body.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(answer.body.message).toContain(path);
  });

  test("a body that is not JSON is 400", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    expect((await seed(gateway, "{")).body.code).toBe("VALIDATION_ERROR");
    expect((await seed(gateway, "")).body.code).toBe("VALIDATION_ERROR");
  });

  test("of a seed that fails at its end nothing is written", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const before = await wholeState(gateway);
    const [workspace] = ADDED.workspaces;
    const answer = await seed(gateway, {
      ...ADDED,
      workspaces: [
        workspace,
        { name: "second", api_keys: [{ key: "second.local-secret-of-second" }] },
        {
          name: "third",
          groups: [
            { external_entity_id: "x", models: [{ slug: "a/b" }], keys: [{ name: "k", key: FEDERATED_KEY }] },
          ],
        },
      ],
    });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain("workspaces.2.groups.0.keys.0");

    expect(await wholeState(gateway)).toBe(before);
    expect((await chat(gateway, {}, { key: ADDED_KEY })).status).toBe(403);
    expect((await chat(gateway, { model: "acme/added" }, { key: gateway.workspaceKey })).status).toBe(404);
    expect((await management(gateway, "second.local-secret-of-second").get("/groups")).status).toBe(403);
    expect((await say(gateway, "ping")).body.choices[0].message.content).toBe("ping");
    expect((await seed(gateway, ADDED)).status).toBe(200);
  });

  test("gateway.seed() rejects with the problems", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await expect(
      gateway.seed({ completions: [{ match: { model: { regex: "[" } }, reply: {} }] }),
    ).rejects.toThrow(/completions\.0\.match\.model/);
  });
});

describe("the control plane's own errors", () => {
  test.each([
    ["GET", "/_emulator/nothing", 404, "NOT_FOUND"],
    ["GET", "/_emulator", 404, "NOT_FOUND"],
    ["GET", "/_emulator/reset", 405, "METHOD_NOT_ALLOWED"],
    ["DELETE", "/_emulator/health", 405, "METHOD_NOT_ALLOWED"],
  ])("%s %s is %i", async (method, path, status, code) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, method, path, { key: null });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
