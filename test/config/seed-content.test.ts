import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, FEDERATED_KEY } from "../support/chat.js";
import { BASETEN_TARGET, management } from "../support/client.js";
import { problemsOf } from "./support.js";

const pathsOf = async (seed: unknown) => (await problemsOf(seed)).map(({ path }) => path);

describe("what a workspace declares", () => {
  const create = async (workspace: object, slug: string, target: object) => {
    await using gateway = await startGatewayEmulator({
      seed: { workspaces: [{ name: "acme", ...workspace }] },
    });
    return (await management(gateway).post("/endpoints", { slug, targets: [target] })).status;
  };
  const OPENAI_TARGET = { provider: "OPENAI", secret_id: "secret-1", target_model: "gpt" };

  test("org_prefixes: the slugs it may use; none declared, all (E-3)", async () => {
    expect(await create({}, "any/thing", BASETEN_TARGET)).toBe(200);
    expect(await create({ org_prefixes: ["acme", "beta"] }, "beta/llama", BASETEN_TARGET)).toBe(200);
    expect(await create({ org_prefixes: ["acme"] }, "beta/llama", BASETEN_TARGET)).toBe(400);
  });

  test("models and their environments: what targets may name (E-7)", async () => {
    const models = [{ id: "3kZ9xqd", environments: ["production", "staging"] }, { id: "other" }];
    const target = (model_id: string, environment_name?: string) => ({
      provider: "BASETEN",
      model_id,
      ...(environment_name === undefined ? {} : { environment_name }),
    });
    expect(await create({ models }, "acme/llama", target("3kZ9xqd", "staging"))).toBe(200);
    expect(await create({ models }, "acme/llama", target("other"))).toBe(200);
    expect(await create({ models }, "acme/llama", target("other", "staging"))).toBe(400);
    expect(await create({ models }, "acme/llama", target("unknown"))).toBe(400);
    expect(await create({}, "acme/llama", target("unknown", "anything"))).toBe(200);
  });

  test("secrets: what targets may name (E-7)", async () => {
    expect(await create({ secrets: [{ id: "secret-1" }] }, "acme/gpt", OPENAI_TARGET)).toBe(200);
    expect(await create({ secrets: [{ id: "secret-2" }] }, "acme/gpt", OPENAI_TARGET)).toBe(400);
    expect(await create({}, "acme/gpt", OPENAI_TARGET)).toBe(200);
  });

  test("api_keys: the first managing one is the workspace key, the others work too (A-7)", async () => {
    const api_keys = [
      { key: "invoke.secret-of-invoke", type: "WORKSPACE_INVOKE" as const },
      { key: "manage.secret-of-manage" },
      { key: "person.secret-of-person", type: "PERSONAL" as const },
    ];
    await using gateway = await startGatewayEmulator({ seed: { workspaces: [{ name: "acme", api_keys }] } });
    expect(gateway.workspaceKey).toBe("manage.secret-of-manage");
    const statuses = [];
    for (const { key } of api_keys) statuses.push((await management(gateway, key).get("/groups")).status);
    expect(statuses).toEqual([403, 200, 200]);
  });

  test("onboarded: false refuses its management calls (A-2)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: { workspaces: [{ name: "acme", onboarded: false }] },
    });
    expect((await management(gateway).get("/groups")).status).toBe(403);
  });

  test("keys: by name, in every group of every workspace", async () => {
    const group = (entity: string, key: string, rest: object = {}) => ({
      external_entity_id: entity,
      models: [{ slug: "acme/llama" }],
      keys: [{ name: entity, key }],
      ...rest,
    });
    const nested = group("root", "sky_rootkey00001.s", {
      groups: [group("child", "sky_childkey0001.s", { groups: [group("leaf", "sky_leafkey00001.s")] })],
    });
    await using gateway = await startGatewayEmulator({
      seed: {
        workspaces: [
          { name: "acme", endpoints: [{ slug: "acme/llama", targets: [BASETEN_TARGET] }], groups: [nested] },
          { name: "rival", groups: [group("theirs", "sky_theirkey0001.s")] },
        ],
      },
    });
    expect(gateway.keys).toEqual({
      root: "sky_rootkey00001.s",
      child: "sky_childkey0001.s",
      leaf: "sky_leafkey00001.s",
      theirs: "sky_theirkey0001.s",
    });
    expect((await chat(gateway, {}, { key: gateway.keys.leaf ?? "" })).status).toBe(200);
    expect((await chat(gateway, {}, { key: gateway.keys.theirs ?? "" })).status).toBe(404);
  });
});

describe("a seed that cannot be applied is refused with the path", () => {
  const models = [{ slug: "acme/llama" }];
  const root = { external_entity_id: "org", models };
  const inWorkspace = (parts: object) => ({ workspaces: [{ name: "acme", ...parts }] });
  const tpm = (threshold: number) => [
    { slug: "acme/llama", rate_limits: [{ type: "TOKEN", unit: "MINUTE", threshold }] },
  ];
  const tower = (levels: number): object => ({
    external_entity_id: `level-${levels}`,
    models,
    ...(levels > 1 ? { groups: [tower(levels - 1)] } : {}),
  });
  const endpoint = { slug: "acme/llama", targets: [BASETEN_TARGET] };
  const key = { name: "k", key: FEDERATED_KEY };

  test.each<[string, object, string]>([
    ["an entity id twice (G-2)", { groups: [root, root] }, "workspaces.0.groups.1"],
    ["a slug twice (E-4)", { endpoints: [endpoint, endpoint] }, "workspaces.0.endpoints.1"],
    [
      "a prefix that is not owned (E-3)",
      { org_prefixes: ["beta"], endpoints: [endpoint] },
      "workspaces.0.endpoints.0",
    ],
    [
      "an unknown model (E-7)",
      { models: [{ id: "other" }], endpoints: [endpoint] },
      "workspaces.0.endpoints.0",
    ],
    [
      "two targets (E-5)",
      { endpoints: [{ ...endpoint, targets: [BASETEN_TARGET, BASETEN_TARGET] }] },
      "workspaces.0.endpoints.0",
    ],
    [
      "a child above its parent (G-6)",
      {
        groups: [
          {
            external_entity_id: "org",
            limit_enforcement: "CASCADING",
            models: tpm(70),
            groups: [
              { external_entity_id: "fits", models: tpm(70) },
              { external_entity_id: "above", models: tpm(71) },
            ],
          },
        ],
      },
      "workspaces.0.groups.0.groups.1",
    ],
    [
      "a child of another mode (G-5)",
      {
        groups: [{ ...root, groups: [{ external_entity_id: "c", models, limit_enforcement: "CASCADING" }] }],
      },
      "workspaces.0.groups.0.groups.0",
    ],
    ["a sixth level (G-5)", { groups: [tower(6)] }, `workspaces.0.groups.0${".groups.0".repeat(5)}`],
    ["a key twice (K-5)", { groups: [{ ...root, keys: [key, key] }] }, "workspaces.0.groups.0.keys.1"],
    [
      "a key prefix twice (K-5)",
      { groups: [{ ...root, keys: [key, { name: "l", key: `${FEDERATED_KEY}-2` }] }] },
      "workspaces.0.groups.0.keys.1",
    ],
  ])("%s", async (_name, parts, path) => {
    expect(await pathsOf(inWorkspace(parts))).toEqual([path]);
  });

  test("five levels fit (G-5)", async () => {
    expect(await pathsOf(inWorkspace({ groups: [tower(5)] }))).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      "a pattern that does not compile",
      { completions: [{ match: { model: { regex: "(" } }, reply: {} }] },
      "completions.0.match.model",
    ],
    ["a time that is none", { clock: "yesterday" }, "clock"],
    [
      "a threshold of 0 (X-21)",
      inWorkspace({ groups: [{ external_entity_id: "g", models: tpm(0) }] }),
      "workspaces.0.groups.0.models.0.rate_limits.0.threshold",
    ],
    [
      "a key without a secret",
      inWorkspace({ groups: [{ ...root, keys: [{ name: "k", key: "sky_acmeprod0001" }] }] }),
      "workspaces.0.groups.0.keys.0.key",
    ],
    [
      "a key with a space",
      inWorkspace({ api_keys: [{ key: "my own secret key" }] }),
      "workspaces.0.api_keys.0.key",
    ],
    [
      "a body limit above the edge's (X-13)",
      { settings: { max_body_bytes: 1e12 } },
      "settings.max_body_bytes",
    ],
  ])("%s", async (_name, seed, path) => {
    expect((await pathsOf(seed)).map((found) => found.startsWith(path))).toEqual([true]);
  });
});
