import { describe, expect, test } from "vitest";
import { type GatewayEmulator, InvalidSeed, type SeedInput, startGatewayEmulator } from "../../src/index.js";
import { BODIES, withValue } from "../robustness/bodies.js";
import { SEED } from "../robustness/subject.js";
import { runCli, temporaryFolder } from "../support/cli.js";

/** What a seed declares of one kind, and the route that makes the same. */
interface Form {
  readonly route: string;
  /** The list of a workspace that has it. */
  readonly list: "endpoints" | "groups" | "api_keys" | "secrets";
  /** The declaration that means the same as a body. */
  readonly declared: (body: Body) => object;
  /** Fields that only one of both has. */
  readonly without?: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: bodies are wrong in every way
type Body = any;

const FORMS: readonly Form[] = [
  { route: "POST /v1/gateway/endpoints", list: "endpoints", declared: (body) => body },
  {
    route: "POST /v1/gateway/groups",
    list: "groups",
    declared: ({ metadata, models, hierarchy }) => ({
      ...metadata,
      models,
      limit_enforcement: hierarchy.limit_enforcement,
    }),
    without: ["metadata", "hierarchy", "hierarchy.parent_group_id"],
  },
  {
    route: "POST /v1/api_keys",
    list: "api_keys",
    declared: (body) => ({ key: "declared.in-a-seed", ...body }),
  },
  {
    route: "POST /v1/secrets",
    list: "secrets",
    declared: ({ name }) => ({ id: "declared", name }),
    without: ["value"],
  },
];

/** The seed of the robustness tests with one more thing in its first workspace. */
function seedWithMore({ list }: Form, declared: object): SeedInput {
  const [first, ...others] = SEED.workspaces;
  const known = first && list in first ? Reflect.get(first, list) : [];
  return { ...SEED, workspaces: [{ ...first, [list]: [...known, declared] }, ...others] } as SeedInput;
}

/** Whether the seed is refused, as one that is wrong. */
async function isRefused(seed: SeedInput): Promise<boolean> {
  try {
    await using _gateway = await startGatewayEmulator({ seed, listen: false });
    return false;
  } catch (cause) {
    if (cause instanceof InvalidSeed) return true;
    throw cause;
  }
}

async function statusOf(gateway: GatewayEmulator, route: string, body: string): Promise<number> {
  const [method = "", path = ""] = route.split(" ");
  const headers = { Authorization: `Api-Key ${gateway.workspaceKey}`, "Content-Type": "application/json" };
  return (await gateway.fetch(`http://api.localhost${path}`, { method, headers, body })).status;
}

describe("a seed is refused for what the API refuses (Y-86)", () => {
  const wrong = FORMS.flatMap((form) =>
    Object.entries(BODIES[form.route]?.wrong ?? {})
      .filter(([field]) => !form.without?.includes(field))
      .map(([field, values]) => [form.route, field, form, values] as const),
  );

  test.each(wrong)("%s: %s", async (route, field, form, values) => {
    await using gateway = await startGatewayEmulator({ seed: SEED, listen: false });
    const { valid = {} } = BODIES[route] ?? {};
    const different: unknown[] = [];
    for (const value of values) {
      const body = withValue(valid, field, value);
      const status = await statusOf(gateway, route, body);
      const refused = await isRefused(seedWithMore(form, form.declared(JSON.parse(body))));
      if (status !== 400 || !refused) different.push({ value: value.slice(0, 100), status, refused });
    }
    expect(different).toEqual([]);
  });

  test.each(FORMS)("$route: what is right is right in both", async (form) => {
    await using gateway = await startGatewayEmulator({ seed: SEED, listen: false });
    const { valid } = BODIES[form.route] ?? {};
    expect(await statusOf(gateway, form.route, JSON.stringify(valid))).toBe(200);
    expect(await isRefused(seedWithMore(form, form.declared(valid)))).toBe(false);
  });

  test.each<[string, number, object]>([
    ["POST /v1/gateway/endpoints", 0, { region: null }],
    ["POST /v1/gateway/groups", 1, { metadata: { name: null, external_entity_id: "nulls" } }],
    ["POST /v1/gateway/groups", 1, { metadata: { name: "", external_entity_id: "nulls" } }],
    [
      "POST /v1/gateway/groups",
      1,
      { models: [{ slug: "acme/llama", rate_limits: null, usage_limits: null }] },
    ],
    ["POST /v1/gateway/groups", 1, { hierarchy: { limit_enforcement: null } }],
    ["POST /v1/api_keys", 2, { name: null, model_ids: null }],
    ["POST /v1/api_keys", 2, { name: "" }],
  ])("%s (%i): what is empty there may be empty here: %j", async (route, at, fields) => {
    await using gateway = await startGatewayEmulator({ seed: SEED, listen: false });
    const form = FORMS[at];
    const body: Body = { ...BODIES[route]?.valid, ...fields };
    expect(await statusOf(gateway, route, JSON.stringify(body))).toBe(200);
    expect(form && (await isRefused(seedWithMore(form, form.declared(body))))).toBe(false);
  });
});

test("validate: a limit of one type twice has its file and line (G-3)", async () => {
  await using folder = await temporaryFolder();
  const file = await folder.write(
    "seed.yaml",
    [
      "workspaces:",
      "  - name: acme",
      "    groups:",
      "      - external_entity_id: org",
      "        models:",
      "          - slug: acme/llama",
      "            rate_limits:",
      "              - { type: REQUEST, unit: MINUTE, threshold: 1 }",
      "              - { type: REQUEST, unit: MINUTE, threshold: 3 }",
      "          - slug: acme/llama",
    ].join("\n"),
  );
  const { code, stderr } = await runCli(["validate", file]);
  expect(code).toBe(1);
  const models = "workspaces.0.groups.0.models";
  expect(stderr).toContain(`${file}:9: ${models}.0.rate_limits.1: expected at most one rate limit per type`);
  expect(stderr).toContain(`${file}:10: ${models}.1: expected each slug once; acme/llama is repeated`);
});
