import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { CHAT, chat, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { type Answered, BASETEN_TARGET, call, management, QUICKSTART } from "../support/client.js";

const WRONG_KEY = '{"error":"please check the api-key you provided"}\n';
const UNKNOWN_MODEL = '{"error":"please check the model you provided"}\n';
const hint = ({ headers }: Answered): string | null => headers.get("x-emulator-hint");

describe("the Authorization header", () => {
  const send = async (authorization: string, acceptBearer = false) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, acceptBearer });
    return await chat(gateway, {}, { key: null, headers: { Authorization: authorization } });
  };

  test("a wrong key is 403, in exactly 50 bytes (X-2)", async () => {
    const answer = await send("Api-Key sky_unknown00000.secret");
    expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    expect(answer.headers.get("content-length")).toBe("50");
  });

  test("no header at all is 401 with the same body (X-3)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, {}, { key: null });
    expect([answer.status, answer.text]).toEqual([401, WRONG_KEY]);
    expect(hint(answer)).toContain("Authorization: Api-Key");
  });

  test("a federated key as Bearer is refused, and the hint says what to set (X-1)", async () => {
    const answer = await send(`Bearer ${FEDERATED_KEY}`);
    expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    expect(hint(answer)).toContain('defaultHeaders: { Authorization: "Api-Key <key>" }');
  });

  test("accept_bearer lets it pass, by option and by seed (X-1)", async () => {
    expect((await send(`Bearer ${FEDERATED_KEY}`, true)).status).toBe(200);
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { accept_bearer: true } }),
    });
    const headers = { Authorization: `Bearer ${FEDERATED_KEY}` };
    expect((await chat(gateway, {}, { key: null, headers })).status).toBe(200);
  });

  test.each([`api-key ${FEDERATED_KEY}`, `API-KEY   ${FEDERATED_KEY}`])("%s is accepted", async (header) => {
    expect((await send(header)).status).toBe(200);
  });

  test.each([`Basic ${FEDERATED_KEY}`, FEDERATED_KEY])("%s is a wrong key", async (header) => {
    expect((await send(header)).text).toBe(WRONG_KEY);
  });

  test("x-api-key is not read (I-3)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, {}, { key: null, headers: { "x-api-key": FEDERATED_KEY } });
    expect(answer.status).toBe(401);
  });

  test.each(["Bearer", "Bearer ", "Api-Key "])(
    "%j without a key is the load balancer's 502 (I-4.1)",
    async (header) => {
      const answer = await send(header);
      expect(answer.status).toBe(502);
      expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
      expect(answer.text).toContain("502 Server Error");
      expect(hint(answer)).toContain("no key behind it");
    },
  );

  test("an empty key is 502 before the body is looked at (I-4.1)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const headers = { Authorization: "Bearer " };
    expect((await call(gateway, "POST", CHAT, { key: null, headers, body: "{" })).status).toBe(502);
  });
});

describe("keys that end (X-16)", () => {
  test("a revoked key is a wrong key at once; the group's other key goes on (K-2)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { get, post, delete: remove } = management(gateway);
    const id = (await get("/groups")).body.items[0].id;
    const { api_key, prefix } = (await post(`/groups/${id}/api_keys`)).body;
    expect((await chat(gateway, {}, { key: api_key })).status).toBe(200);

    await remove(`/groups/${id}/api_keys/${prefix}`);
    const answer = await chat(gateway, {}, { key: api_key });
    expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    expect((await chat(gateway)).status).toBe(200);
  });

  test("deleting a group ends the keys of its whole subtree (G-9)", async () => {
    const childKey = "sky_childkey0001.local-secret";
    const child = {
      external_entity_id: "child",
      models: [{ slug: "acme/llama" }],
      keys: [{ name: "child", key: childKey }],
    };
    await using gateway = await startGatewayEmulator({ seed: seedWith({ group: { groups: [child] } }) });
    expect((await chat(gateway, {}, { key: childKey })).status).toBe(200);

    const { get, delete: remove } = management(gateway);
    const { id } = (await get("/groups?external_entity_id=org")).body.items[0];
    expect((await remove(`/groups/${id}`)).status).toBe(200);
    for (const key of [FEDERATED_KEY, childKey]) {
      const answer = await chat(gateway, {}, { key });
      expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    }
  });
});

describe("workspace keys on chat (X-17)", () => {
  const keys = [
    { key: "manage.secret-of-manage", type: "WORKSPACE_MANAGE_ALL" },
    { key: "person.secret-of-person", type: "PERSONAL" },
    { key: "invoke.secret-of-invoke", type: "WORKSPACE_INVOKE" },
    { key: "metric.secret-of-metric", type: "WORKSPACE_EXPORT_METRICS" },
    { key: "keying.secret-of-keying", type: "WORKSPACE_MANAGE_API_KEYS" },
  ];
  const seed = seedWith({
    workspace: { api_keys: keys },
    model: { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] },
  });

  test.each(["manage", "person", "invoke"])("a key that may %s calls, with either scheme", async (name) => {
    await using gateway = await startGatewayEmulator({ seed });
    for (const scheme of ["Api-Key", "Bearer"]) {
      const headers = { Authorization: `${scheme} ${name}.secret-of-${name}` };
      expect((await chat(gateway, {}, { key: null, headers })).status).toBe(200);
    }
  });

  test.each(["metric", "keying"])("a %s key may not", async (name) => {
    await using gateway = await startGatewayEmulator({ seed });
    const answer = await chat(gateway, {}, { key: `${name}.secret-of-${name}` });
    expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    expect(hint(answer)).toContain("may not call models");
  });

  test("it is not limited, and takes nothing from the groups", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    for (let time = 0; time < 3; time++) {
      expect((await chat(gateway, {}, { key: gateway.workspaceKey })).status).toBe(200);
    }
    expect((await chat(gateway)).status).toBe(200);
    expect((await chat(gateway)).status).toBe(429);
    expect((await chat(gateway, {}, { key: gateway.workspaceKey })).status).toBe(200);
  });

  test("it calls every slug of its workspace, and none of another", async () => {
    await using gateway = await startGatewayEmulator({
      seed: {
        workspaces: [
          { name: "acme", endpoints: [{ slug: "acme/free", targets: [BASETEN_TARGET] }] },
          { name: "rival", endpoints: [{ slug: "rival/llama", targets: [BASETEN_TARGET] }] },
        ],
      },
    });
    const key = gateway.workspaceKey;
    expect((await chat(gateway, { model: "acme/free" }, { key })).status).toBe(200);
    const answer = await chat(gateway, { model: "rival/llama" }, { key });
    expect([answer.status, answer.text]).toEqual([404, UNKNOWN_MODEL]);
  });
});

describe("endpoints that change", () => {
  test("a renamed endpoint answers under its new slug only (E-10)", async () => {
    const models = [{ slug: "acme/llama" }, { slug: "acme/llama-2" }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ group: { models } }) });
    const { get, patch } = management(gateway);
    const { id } = (await get("/endpoints")).body.items[0];
    expect((await chat(gateway)).status).toBe(200);

    await patch(`/endpoints/${id}`, { slug: "acme/llama-2" });
    const old = await chat(gateway);
    expect([old.status, old.text]).toEqual([404, UNKNOWN_MODEL]);
    const renamed = await chat(gateway, { model: "acme/llama-2" });
    expect([renamed.status, renamed.body.model]).toEqual([200, "acme/llama-2"]);
  });

  test("a deleted endpoint is 404, a new one of the same slug answers again (E-11)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { get, post, delete: remove } = management(gateway);
    const { id } = (await get("/endpoints")).body.items[0];
    await remove(`/endpoints/${id}`);
    expect((await chat(gateway)).text).toBe(UNKNOWN_MODEL);
    await post("/endpoints", { slug: HELLO.model, targets: [BASETEN_TARGET] });
    expect((await chat(gateway)).status).toBe(200);
  });
});
