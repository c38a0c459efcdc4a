import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pathWithoutKey } from "../../../src/domain/hidden-keys.js";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { call } from "../../support/client.js";
import { chat, expectExactly, expectRefusal, KEYS, TWO_WORKSPACES } from "./support.js";

const PATH = "/v1/api_keys";

async function mint(gateway: GatewayEmulator, body: object): Promise<string> {
  const minted = await call(gateway, "POST", PATH, { key: KEYS.acme, body });
  expect(minted).toMatchObject({ status: 200 });
  return String(minted.body.api_key);
}

function prefixOf(key: string): string {
  return String(key.split(".")[0]);
}

async function listed(gateway: GatewayEmulator, key: string = KEYS.acme) {
  const { body } = await call(gateway, "GET", PATH, { key });
  return body.keys as { prefix: string; name: string | null }[];
}

describe("POST /v1/api_keys (I-7)", () => {
  test("answers the whole key, once, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const body = { name: "ci", type: "WORKSPACE_MANAGE_ALL" };
    const answer = await call(gateway, "POST", PATH, { key: KEYS.acme, body });
    const [, key] = /^\{"api_key":"([A-Za-z0-9]{8}\.[A-Za-z0-9]{32})"\}$/.exec(answer.text) ?? [];
    expect([answer.status, answer.text]).toEqual([200, `{"api_key":"${key}"}`]);
    const shown = await call(gateway, "GET", PATH, { key: KEYS.acme });
    expect(shown.text).toContain(`{"prefix":"${prefixOf(String(key))}","name":"ci",`);
    expect(shown.text).not.toContain(String(key));
  });

  test("the same seed mints the same keys; no two are alike (X-22)", async () => {
    const three = async () => {
      await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
      const body = { type: "PERSONAL" };
      return [await mint(gateway, body), await mint(gateway, body), await mint(gateway, body)];
    };
    const keys = await three();
    expect(new Set(keys.map(prefixOf)).size).toBe(3);
    expect(await three()).toEqual(keys);
  });

  test("what a new key may do goes by its type (A-7, X-17)", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const [type, groups, keys, invoke] of [
      ["PERSONAL", 200, 200, 200],
      ["WORKSPACE_MANAGE_ALL", 200, 200, 200],
      ["WORKSPACE_MANAGE_API_KEYS", 200, 200, 403],
      ["WORKSPACE_INVOKE", 403, 403, 200],
      ["WORKSPACE_EXPORT_METRICS", 403, 403, 403],
    ] as const) {
      const key = await mint(gateway, { type });
      expect((await call(gateway, "GET", "/v1/gateway/groups", { key })).status).toBe(groups);
      expect((await call(gateway, "GET", PATH, { key })).status).toBe(keys);
      expect((await chat(gateway, key)).status).toBe(invoke);
    }
  });

  test("WORKSPACE_MANAGE_API_KEYS makes and deletes keys, but no groups", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const as = { key: KEYS.viewing };
    const minted = await call(gateway, "POST", PATH, { ...as, body: { type: "WORKSPACE_INVOKE" } });
    expect(minted.status).toBe(200);
    const path = `${PATH}/${prefixOf(minted.body.api_key)}`;
    expect((await call(gateway, "DELETE", path, as)).status).toBe(200);
    expectRefusal(await call(gateway, "POST", "/v1/gateway/groups", { ...as, body: {} }), 403);
  });

  test("B-1: wrong bodies are 400, name the field, and make nothing", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const before = await listed(gateway);
    const post = (body: unknown) => call(gateway, "POST", PATH, { key: KEYS.acme, body });
    expectRefusal(await post({}), 400, "type");
    expectRefusal(await post({ type: "ROOT" }), 400, "type", "WORKSPACE_INVOKE");
    expectRefusal(await post({ type: "PERSONAL", name: 1 }), 400, "name");
    expectRefusal(await post({ type: "WORKSPACE_INVOKE", model_ids: "m" }), 400, "model_ids");
    expectRefusal(await post("{"), 400);
    expect(await listed(gateway)).toEqual(before);
  });
});

describe("model_ids (I-7, Y-44)", () => {
  const MODELS = [{ id: "m1" }, { id: "m2" }];
  const target = (model_id: string) => ({ provider: "BASETEN" as const, model_id });
  const SEED = {
    clock: "2026-06-17T12:00:00Z",
    workspaces: [
      {
        name: "acme",
        models: MODELS,
        api_keys: [
          { key: KEYS.acme },
          { key: KEYS.invoking, type: "WORKSPACE_INVOKE" as const, model_ids: ["m1"] },
        ],
        endpoints: [
          { slug: "acme/one", targets: [target("m1")] },
          { slug: "acme/two", targets: [target("m2")] },
          {
            slug: "acme/gpt",
            targets: [{ provider: "OPENAI" as const, secret_id: "s", target_model: "gpt" }],
          },
        ],
      },
    ],
  };

  /** What a key may call, and what it sees in the catalogue. */
  async function reach(gateway: GatewayEmulator, key: string) {
    const statuses = await Promise.all(
      ["acme/one", "acme/two", "acme/gpt"].map(async (model) => {
        const body = { model, messages: [{ role: "user", content: "Hi" }] };
        return (await call(gateway, "POST", "/v1/chat/completions", { key, body })).status;
      }),
    );
    const seen = await call(gateway, "GET", "/v1/models", { key });
    return { statuses, seen: seen.body.data.map((model: { id: string }) => model.id) };
  }

  test("a scoped WORKSPACE_INVOKE key reaches the slugs of its models only, minted or seeded", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const key = await mint(gateway, { type: "WORKSPACE_INVOKE", model_ids: ["m1"] });
    const only = { statuses: [200, 404, 404], seen: ["acme/one"] };
    expect(await reach(gateway, key)).toEqual(only);
    expect(await reach(gateway, KEYS.invoking)).toEqual(only);
    const unscoped = await mint(gateway, { type: "WORKSPACE_INVOKE", model_ids: null });
    expect((await reach(gateway, unscoped)).statuses).toEqual([200, 200, 200]);
  });

  test("another model is refused as a slug that is not granted, byte for byte (X-4)", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const body = { model: "acme/two", messages: [{ role: "user", content: "Hi" }] };
    const refused = await call(gateway, "POST", "/v1/chat/completions", { key: KEYS.invoking, body });
    expect([refused.status, refused.text]).toEqual([
      404,
      '{"error":"please check the model you provided"}\n',
    ]);
    expect(refused.headers.get("x-emulator-hint")).toBe("This key may only call the models m1.");
  });

  test("on a model's own host as a wrong key", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const predict = (id: string) =>
      call(gateway, "POST", `/_host/model-${id}.api.localhost/production/predict`, {
        key: KEYS.invoking,
        body: {},
      });
    expect((await predict("m1")).status).toBe(200);
    expect((await predict("m2")).status).toBe(401);
  });

  test("types that manage do not take it; nor is it ever empty or unknown: 400", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const post = (body: object) => call(gateway, "POST", PATH, { key: KEYS.acme, body });
    for (const type of ["PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_MANAGE_API_KEYS"]) {
      expectExactly(
        await post({ type, model_ids: ["m1"] }),
        400,
        "model_ids: only keys of type WORKSPACE_EXPORT_METRICS or WORKSPACE_INVOKE take it",
      );
    }
    for (const type of ["WORKSPACE_INVOKE", "WORKSPACE_EXPORT_METRICS"]) {
      expect((await post({ type, model_ids: ["m1", "m2"] })).status).toBe(200);
      expectRefusal(await post({ type, model_ids: [] }), 400, "model_ids");
      expectExactly(await post({ type, model_ids: ["m1", "m9"] }), 400, "model_ids.1: unknown model m9");
      expectExactly(await post({ type, model_ids: ["m9", "m1"] }), 400, "model_ids.0: unknown model m9");
    }
  });

  test("where no models are declared every id will do, as in E-7", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const key = await mint(gateway, { type: "WORKSPACE_INVOKE", model_ids: ["3kZ9xqd"] });
    expect((await chat(gateway, key)).status).toBe(200);
    expect(
      (await chat(gateway, await mint(gateway, { type: "WORKSPACE_INVOKE", model_ids: ["x"] }))).status,
    ).toBe(404);
  });

  test("a seed's keys follow the same rules", async () => {
    const workspaces = [{ name: "acme", api_keys: [{ key: KEYS.acme, model_ids: ["m1"] }] }];
    await expect(startGatewayEmulator({ seed: { workspaces } })).rejects.toThrow("model_ids");
  });
});

describe("GET /v1/api_keys", () => {
  test("shows every key of the workspace without its secret, oldest first, byte for byte", async () => {
    const seed = {
      clock: "2026-06-17T12:00:00Z",
      workspaces: [
        {
          name: "acme",
          user: { user_id: "u1", email: "ada@acme.test", name: "Ada" },
          team: { id: "t1", name: "Search" },
          models: [{ id: "m1" }],
          api_keys: [
            { key: KEYS.acme, name: "main" },
            { key: KEYS.personal, type: "PERSONAL" as const },
          ],
        },
        { name: "globex", api_keys: [{ key: KEYS.globex }] },
      ],
    };
    await using gateway = await startGatewayEmulator({ seed, workspaceKey: KEYS.acme });
    await gateway.clock.advance("1s");
    const body = { name: "ci", type: "WORKSPACE_INVOKE", model_ids: ["m1"] };
    const made = await call(gateway, "POST", "/v1/teams/t1/api_keys", { body });
    const { status, text } = await call(gateway, "GET", PATH);
    expect(status).toBe(200);
    expect(text).toBe(
      `{"keys":[${[
        '{"prefix":"acmeall1","name":"main","type":"WORKSPACE_MANAGE_ALL","model_ids":null,"team_name":null,"owner":null}',
        '{"prefix":"acmepers","name":null,"type":"PERSONAL","model_ids":null,"team_name":null,"owner":{"user_id":"u1","email":"ada@acme.test","name":"Ada"}}',
        `{"prefix":"${prefixOf(made.body.api_key)}","name":"ci","type":"WORKSPACE_INVOKE","model_ids":["m1"],"team_name":"Search","owner":null}`,
      ].join(",")}]}`,
    );
  });

  test("another workspace's keys are not in it", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const key = await mint(gateway, { type: "PERSONAL" });
    expect((await listed(gateway, KEYS.globex)).map(({ prefix }) => prefix)).toEqual(["globall1"]);
    expect((await listed(gateway)).map(({ prefix }) => prefix)).toContain(prefixOf(key));
  });
});

describe("DELETE /v1/api_keys/{prefix}", () => {
  test("answers the prefix, byte for byte; the key is refused at once, everywhere; a second one is 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const key = await mint(gateway, { type: "PERSONAL" });
    expect((await chat(gateway, key)).status).toBe(200);
    expect((await call(gateway, "GET", PATH, { key })).status).toBe(200);
    const path = `${PATH}/${prefixOf(key)}`;
    const deleted = await call(gateway, "DELETE", path, { key: KEYS.acme });
    expect([deleted.status, deleted.text]).toEqual([200, `{"prefix":"${prefixOf(key)}"}`]);
    expect((await chat(gateway, key)).status).toBe(403);
    expectRefusal(await call(gateway, "GET", PATH, { key }), 403);
    expect((await listed(gateway)).map(({ prefix }) => prefix)).not.toContain(prefixOf(key));
    expectExactly(
      await call(gateway, "DELETE", path, { key: KEYS.acme }),
      404,
      `API key ${prefixOf(key)} not found.`,
    );
  });

  test("a key may delete itself, and the other keys go on", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    expect((await call(gateway, "DELETE", `${PATH}/acmepers`, { key: KEYS.personal })).status).toBe(200);
    expectRefusal(await call(gateway, "GET", PATH, { key: KEYS.personal }), 403);
    expect((await call(gateway, "GET", PATH, { key: KEYS.acme })).status).toBe(200);
  });

  test("Y-45: another workspace's prefix is 404, and its key goes on", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    expectRefusal(await call(gateway, "DELETE", `${PATH}/globall1`, { key: KEYS.acme }), 404);
    expect((await call(gateway, "GET", PATH, { key: KEYS.globex })).status).toBe(200);
  });

  test("Y-45: a prefix that several keys of a seed share is 400, and they go on", async () => {
    const api_keys = [{ key: "shared.one-secret" }, { key: "shared.other-secret" }];
    await using gateway = await startGatewayEmulator({ seed: { workspaces: [{ name: "acme", api_keys }] } });
    expectExactly(
      await call(gateway, "DELETE", `${PATH}/shared`),
      400,
      "prefix: 2 keys of this workspace have the prefix shared",
    );
    for (const { key } of api_keys) expect((await call(gateway, "GET", PATH, { key })).status).toBe(200);
  });

  test("a reset brings a seed's key back and takes minted ones away", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const key = await mint(gateway, { type: "PERSONAL" });
    await call(gateway, "DELETE", `${PATH}/acmepers`, { key });
    await gateway.reset();
    expect((await call(gateway, "GET", PATH, { key: KEYS.personal })).status).toBe(200);
    expectRefusal(await call(gateway, "GET", PATH, { key }), 403);
  });
});

describe("POST /v1/teams/{team_id}/api_keys (Y-42)", () => {
  const SEED = {
    workspaces: [
      { name: "acme", team: { id: "t1", name: "Search" }, api_keys: [{ key: KEYS.acme }] },
      { name: "globex", team: { id: "t2" }, api_keys: [{ key: KEYS.globex }] },
    ],
  };

  test("makes a key for the team, as for the workspace", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const body = { type: "WORKSPACE_MANAGE_ALL" };
    const made = await call(gateway, "POST", "/v1/teams/t1/api_keys", { key: KEYS.acme, body });
    expect(made.text).toMatch(/^\{"api_key":"[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}"\}$/);
    expect(await listed(gateway, made.body.api_key)).toContainEqual(
      expect.objectContaining({ prefix: prefixOf(made.body.api_key), team_name: "Search" }),
    );
  });

  test("A-4: another workspace's team is 403, one that exists nowhere 404, before the body is looked at", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const post = (team: string) =>
      call(gateway, "POST", `/v1/teams/${team}/api_keys`, { key: KEYS.acme, body: "{" });
    expectRefusal(await post("t2"), 403);
    expectRefusal(await post("t9"), 404);
    expectRefusal(await post("t1"), 400);
  });
});

describe("secrecy", () => {
  test("neither journal nor state hold a minted key, not even where it was put in a path", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gateway-emulator-"));
    await using gateway = await startGatewayEmulator({
      seed: TWO_WORKSPACES,
      state: join(folder, "state.db"),
    });
    const key = await mint(gateway, { type: "PERSONAL" });
    const secret = String(key.split(".")[1]);
    for (const path of [key, key.replace(".", "%2E"), `${key}/x`, `${key}?x=1`, secret]) {
      expectRefusal(await call(gateway, "DELETE", `${PATH}/${path}`, { key: KEYS.acme }), 404);
    }
    const journal = JSON.stringify(await gateway.requests({}));
    for (let end = 9; end <= secret.length; end++) expect(journal).not.toContain(secret.slice(0, end));
    const detail = await Promise.all(
      (await gateway.requests({})).map(
        async ({ seq }) => (await call(gateway, "GET", `/_emulator/requests/${seq}`, { key: null })).text,
      ),
    );
    expect(detail.join()).not.toContain(secret.slice(0, 9));
    expect(detail.join()).toContain(`${prefixOf(key)}.(not kept)`);
    const state = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
    expect(state.join()).toContain(prefixOf(key));
    expect(state.join()).not.toContain(secret.slice(0, 9));
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["/v1/api_keys/abcd1234.secret", "/v1/api_keys/abcd1234"],
    ["/v1/api_keys/abcd1234%2Esecret", "/v1/api_keys/abcd1234"],
    ["/v1/api_keys/abcd1234%2esecret/x", "/v1/api_keys/abcd1234"],
    ["/v1/api_keys/nodotbutlong", "/v1/api_keys/nodotbut"],
    ["/v1/api_keys/a/b.secret", "/v1/api_keys/a/b"],
    ["/v1/api_keys/abcd1234", "/v1/api_keys/abcd1234"],
    [
      "/v1/gateway/groups/g/api_keys/sky_acmeprod0001.secret",
      "/v1/gateway/groups/g/api_keys/sky_acmeprod0001",
    ],
    ["/v1/gateway/groups/g/api_keys/register", "/v1/gateway/groups/g/api_keys/register"],
    ["/v1/api_keys", "/v1/api_keys"],
  ])("%s is remembered as %s", (path, remembered) => {
    expect(pathWithoutKey(path, () => false)).toBe(remembered);
  });
});
