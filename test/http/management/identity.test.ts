import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../../src/index.js";
import { call } from "../../support/client.js";
import { expectRefusal, KEYS, TWO_WORKSPACES } from "./support.js";

const ME = "/v1/users/me";

/** {@link TWO_WORKSPACES} with a user of acme's own. */
const WITH_USER = {
  ...TWO_WORKSPACES,
  workspaces: TWO_WORKSPACES.workspaces?.map((workspace) =>
    workspace.name === "acme"
      ? { ...workspace, user: { user_id: "u1", email: "ada@acme.test", name: "Ada" } }
      : workspace,
  ),
};

describe("GET /v1/users/me (I-7)", () => {
  test("answers user and workspace, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: WITH_USER });
    const answer = await call(gateway, "GET", ME, { key: KEYS.personal });
    expect([answer.status, answer.text]).toEqual([
      200,
      '{"user_id":"u1","email":"ada@acme.test","name":"Ada","workspace_name":"acme"}',
    ]);
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  test("Y-41: without one in the seed there is a stand-in, the same each time and another per workspace", async () => {
    const user = async (key: string) => {
      await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
      return (await call(gateway, "GET", ME, { key })).body;
    };
    expect(await user(KEYS.acme)).toEqual({
      user_id: expect.stringMatching(/^[A-Za-z0-9]{8}$/),
      email: "developer@example.com",
      name: "Developer",
      workspace_name: "acme",
    });
    expect(await user(KEYS.acme)).toEqual(await user(KEYS.personal));
    expect((await user(KEYS.globex)).user_id).not.toBe((await user(KEYS.acme)).user_id);
  });

  test("Y-41: a seed may say that e-mail and name are unknown, and a later one changes what it names", async () => {
    const workspaces = [{ name: "acme", user: { user_id: "u1", email: null, name: null } }];
    await using gateway = await startGatewayEmulator({ seed: { workspaces } });
    expect((await call(gateway, "GET", ME)).text).toBe(
      '{"user_id":"u1","email":null,"name":null,"workspace_name":"acme"}',
    );
    await gateway.seed({ workspaces: [{ name: "acme", user: { name: "Ada" } }] });
    expect((await call(gateway, "GET", ME)).body).toMatchObject({ user_id: "u1", email: null, name: "Ada" });
  });

  test("is the management API's on the plain host and on api.*, not on the inference host", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    expect((await call(gateway, "GET", `/_host/api.baseten.co${ME}`, { key: KEYS.acme })).status).toBe(200);
    const elsewhere = await call(gateway, "GET", `/_host/inference.baseten.co${ME}`, { key: KEYS.acme });
    expect([elsewhere.status, elsewhere.text]).toEqual([404, '{"error":"not found"}']);
  });
});

describe("who may (A-2, A-7, Y-43)", () => {
  /** Outside `/v1/gateway`, by what they ask for. */
  const OF_KEYS = [ME, "/v1/api_keys"];
  const OF_WORKSPACE = ["/_host/api.localhost/v1/models", "/v1/models/m1", "/v1/secrets", "/v1/model_apis"];
  /** Each with a model, and with the one that their endpoints name. */
  const WITH_MODELS = {
    ...TWO_WORKSPACES,
    workspaces: TWO_WORKSPACES.workspaces?.map((workspace) => ({
      ...workspace,
      models: [{ id: "m1" }, { id: "3kZ9xqd" }],
    })),
  };

  test("managing keys may everything, WORKSPACE_MANAGE_API_KEYS keys and users only, the others nothing", async () => {
    await using gateway = await startGatewayEmulator({ seed: WITH_MODELS });
    for (const [key, keys, workspace] of [
      [KEYS.acme, 200, 200],
      [KEYS.personal, 200, 200],
      [KEYS.viewing, 200, 403],
      [KEYS.invoking, 403, 403],
      [KEYS.metrics, 403, 403],
      [String(gateway.keys["acme-prod"]), 403, 403],
    ] as const) {
      for (const path of OF_KEYS) expect((await call(gateway, "GET", path, { key })).status).toBe(keys);
      for (const path of OF_WORKSPACE) {
        expect((await call(gateway, "GET", path, { key })).status).toBe(workspace);
      }
    }
  });

  test("a workspace that is not onboarded may, though the gateway's routes refuse it", async () => {
    await using gateway = await startGatewayEmulator({ seed: WITH_MODELS });
    const key = KEYS.dormant;
    for (const path of [...OF_KEYS, ...OF_WORKSPACE]) {
      expect((await call(gateway, "GET", path, { key })).status).toBe(200);
    }
    expectRefusal(await call(gateway, "GET", "/v1/gateway/groups", { key }), 403);
  });

  test("A-6: 100 a second for each key and route", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const statuses: number[] = [];
    for (let sent = 0; sent < 101; sent++) {
      statuses.push((await call(gateway, "GET", ME, { key: KEYS.acme })).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.at(-1)).toBe(429);
    expect((await call(gateway, "GET", "/v1/api_keys", { key: KEYS.acme })).status).toBe(200);
    expect((await call(gateway, "GET", ME, { key: KEYS.personal })).status).toBe(200);
  });
});
